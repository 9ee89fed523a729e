import type { AddressedRequest } from '../../http/client-address.js';
import { isForm, nestsTooDeep } from '../../http/body.js';
import type { ConnectedRequest } from '../../http/connection.js';
import { OAuthRefusal } from './oauth-refusal.js';

/** Every parameter that is a text. */
export const PARAMETERS = [
  'grant_type',
  'username',
  'password',
  'scope',
  'refresh_token',
  'mfa_token',
  'otp',
  'oob_code',
  'binding_code',
  'recovery_code',
] as const;
/** The parameters that a challenge reads. */
export const PROOFS = ['mfa_code', 'backup_code'] as const;
/** Longer than any parameter has to be. Names and passwords have limits of their own: see `CredentialFields`. */
const MAX_LENGTH = 4096;

/** The parts of a framework's request that this reads. */
export interface TokenRequest extends AddressedRequest, Pick<ConnectedRequest, 'raw'> {
  body: unknown;
}

/** The parameters of a token request. All are texts, except the proofs, which a challenge reads. */
export type TokenParameters = Partial<Record<(typeof PARAMETERS)[number], string>> &
  Partial<Record<(typeof PROOFS)[number], unknown>>;

/**
 * Reads the parameters of a token request. A parameter without a value counts as absent (RFC 6749 §3.2). A parameter that is
 * no text is refused. @throws {OAuthRefusal}
 */
export function tokenParameters({ body, headers }: TokenRequest): TokenParameters {
  return { ...proofs(body, isForm(headers)), ...texts(body, PARAMETERS, invalidParameter) };
}

/** Returns the token to revoke. Its form says what it is, so a `token_type_hint` says nothing new. @throws {OAuthRefusal} */
export function revokedToken({ body }: TokenRequest): string {
  const { token } = texts(body, ['token'], invalidParameter);
  if (token === undefined) throw missingParameter('token');
  return token;
}

/** Returns the refusal of a parameter that is missing or no text. */
export function invalidParameter(name: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', `Invalid parameter: \`${name}\``);
}

/** Returns the refusal of a request without a parameter that it needs. */
export function missingParameter(name: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', `Missing parameter: \`${name}\``);
}

/** Returns those of the named parameters that have a value. @throws what `refusal` returns, for one that is no text */
export function texts<Name extends string>(
  body: unknown,
  names: readonly Name[],
  refusal: (name: Name) => Error,
): Partial<Record<Name, string>> {
  const entries = entriesOf(body, names);
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || value.includes('\0') || value.length > MAX_LENGTH) throw refusal(name);
  }
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Partial<Record<Name, string>>;
}

// A JSON proof of another type than a text is a wrong one, and no fault of the request: with MFA off it is not even looked at. In a
// form, it is a parameter that was given twice (RFC 6749 §3.2).
function proofs(body: unknown, isInForm: boolean): Record<string, unknown> {
  const given = entriesOf(body, PROOFS).filter(([, value]) => value !== '');
  const odd = given.find(([, value]) => (isInForm && typeof value !== 'string') || nestsTooDeep(value));
  if (odd) throw invalidParameter(odd[0]);
  return Object.fromEntries(given);
}

function entriesOf<Name extends string>(body: unknown, names: readonly Name[]): (readonly [Name, unknown])[] {
  const given =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  return names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]] as const);
}
