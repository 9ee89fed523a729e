import { MfaError } from '../core/mfa-error.js';
import type { Word } from '../core/words.js';
import type { ErrorAnswer } from './error-body.js';
import { ErrorFormat, type RefusedRequest } from './error-format.js';
import { isHttpException } from './foreign-errors.js';
import { refusalOf } from './refusal.js';
import { spoken } from './sentence.js';

/** The field that a refused proof came in. */
const PROOF_FIELDS: Partial<Record<Word, string>> = {
  invalid_mfa_code: 'mfa_code',
  invalid_backup_code: 'backup_code',
};

/** Deux's fields, all of which are texts. Other fields have no faults but those of their validators. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['username', 'password', 'mfa_code', 'backup_code', 'phone_number']);

/** Refusals of a login that Deux reports for the whole form. */
const OF_LOGIN: ReadonlySet<Word> = new Set<Word>([
  'invalid_credentials',
  'invalid_mfa_code',
  'invalid_backup_code',
  'both_codes',
]);

/** Answers errors as Deux 1.2 does: Django REST framework's bodies, and oauthlib's on the OAuth2 route. */
export class DeuxErrorFormat extends ErrorFormat {
  override answer(error: unknown, request: RefusedRequest): ErrorAnswer {
    const answer = super.answer(error, request);
    return isHttpException(error) ? answer : { ...answer, body: this.body(refusalOf(error), request) };
  }

  // Deux's own refusals are exceptions of Django REST framework here too.
  override oauthAnswer(error: unknown): ErrorAnswer {
    const answer = super.oauthAnswer(error);
    return isHttpException(error) ? answer : { ...answer, body: { detail: this.words.say(refusalOf(error).code) } };
  }

  override oauthBody(error: string, description: string): object {
    if (error !== 'invalid_request') return { error };
    if (description.endsWith('parameter: `grant_type`')) return { error: 'unsupported_grant_type' };
    return {
      error,
      error_description: description.replace(/^Missing parameter: `(\w+)`$/, 'Request is missing $1 parameter.'),
    };
  }

  private body(refusal: MfaError, request: RefusedRequest): object {
    const { code } = refusal;
    const text = this.words.say(code);
    if (refusal.fields) return this.fieldErrors(refusal.fields, request);
    const field = PROOF_FIELDS[code];
    const fault = field && faultOf(request, field);
    if (fault) return { [field]: [fault] };
    if (isAt('authtoken/login', request) && OF_LOGIN.has(code)) return { non_field_errors: [text] };
    if (field) return { [field]: [text] };
    if (code === 'malformed_body' && Array.isArray(request.body)) {
      return { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] };
    }
    if (code === 'mfa_disabled' && isAt('recovery', request)) return { backup_code: text };
    return { detail: code === 'mfa_enabled' ? [text] : (detailOf(refusal, request) ?? text) };
  }

  private fieldErrors(fields: Record<string, string[]>, request: RefusedRequest): object {
    const errors = Object.entries(fields).map(([field, messages]) => {
      const fault = faultOf(request, field);
      return [field || 'non_field_errors', fault ? [fault] : messages.map((text) => spoken(text, this.words))] as const;
    });
    return Object.fromEntries(errors);
  }
}

/** What Django REST framework says of a text field before its own validators, or undefined. */
function faultOf({ body }: RefusedRequest, field: string): string | undefined {
  if (!TEXT_FIELDS.has(field)) return undefined;
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value === undefined) return 'This field is required.';
  if (value === null) return 'This field may not be null.';
  if (typeof value === 'number') return undefined;
  if (typeof value !== 'string') return 'Not a valid string.';
  if (value.trim() === '') return 'This field may not be blank.';
  return value.includes('\0') ? 'Null characters are not allowed.' : undefined;
}

/** What Django REST framework says of a request as a whole, or undefined. */
function detailOf(refusal: MfaError, { method, headers }: RefusedRequest): string | undefined {
  if (refusal.code === 'method_not_allowed') return `Method "${method}" not allowed.`;
  if (refusal.code === 'not_authenticated') return tokenDetail(headers['authorization']?.toString() ?? '');
  if (refusal.getStatus() === 415) return `Unsupported media type "${headers['content-type']?.toString()}" in request.`;
  return undefined;
}

// Only `Token` is Django REST framework's own scheme; for any other it says that nothing was provided.
function tokenDetail(authorization: string): string {
  const [scheme = '', ...parts] = authorization.trim().split(/\s+/);
  if (scheme.toLowerCase() !== 'token') return 'Authentication credentials were not provided.';
  if (parts.length === 0) return 'Invalid token header. No credentials provided.';
  if (parts.length > 1) return 'Invalid token header. Token string should not contain spaces.';
  return /[^\0-\x7f]/.test(parts[0]!)
    ? 'Invalid token header. Token string should not contain invalid characters.'
    : 'Invalid token.';
}

function isAt(route: string, { url }: RefusedRequest): boolean {
  return url.split('?', 1)[0]!.replace(/\/+$/, '').endsWith(`/${route}`);
}
