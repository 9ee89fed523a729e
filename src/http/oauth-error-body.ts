import type { Word, Words } from '../core/words.js';
import { type ErrorAnswer, errorHeaders } from './error-body.js';
import { isHttpException } from './foreign-errors.js';
import { refusalOf } from './refusal.js';

/** The module's refusals with status 400 that are not about the grant. */
const INVALID_REQUEST: ReadonlySet<Word> = new Set<Word>(['both_codes', 'malformed_body', 'invalid_request']);

/**
 * Returns the answer to any error at the OAuth2 routes, as RFC 6749 §5.2 says. Clients read `error` as one of its codes, so none
 * may have Nest's shape, whose `error` is the name of the status.
 */
export function oauthErrorAnswer(error: unknown, words: Words): ErrorAnswer {
  if (isHttpException(error)) {
    const status = error.getStatus();
    return { status, headers: {}, body: { error: errorOf(status), error_description: error.message } };
  }
  const known = refusalOf(error);
  const status = known.getStatus();
  const isOfGrant = status === 400 && !INVALID_REQUEST.has(known.code);
  const body = {
    error: isOfGrant ? 'invalid_grant' : errorOf(status),
    error_description: words.say(known.code),
    ...known.more,
  };
  return { status, headers: errorHeaders(known), body };
}

// 503 and 429 are for another time: a client that takes them for `invalid_grant` throws its tokens away.
function errorOf(status: number): string {
  if ([408, 429, 503].includes(status)) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
