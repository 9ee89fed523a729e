import type { MfaError } from '../core/mfa-error.js';
import type { Words } from '../core/words.js';
import { isHttpException } from './foreign-errors.js';
import { refusalOf } from './refusal.js';
import { spoken } from './sentence.js';

/** An error's answer: status, headers, and a body in Nest's shape with a stable `code`. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: object;
}

/** Returns the answer to any error. An unexpected error becomes a 500, or a 503 in an outage, without details. */
export function errorAnswer(error: unknown, words: Words): ErrorAnswer {
  if (isHttpException(error)) {
    const body = error.getResponse();
    return { status: error.getStatus(), headers: {}, body: typeof body === 'object' ? body : { message: body } };
  }
  const known = refusalOf(error);
  const message = known.messages?.map((text) => spoken(text, words)) ?? words.say(known.code);
  return {
    status: known.getStatus(),
    headers: errorHeaders(known),
    body: { ...(known.getResponse() as object), message, ...known.more },
  };
}

/** Returns the headers of an error. */
export function errorHeaders({ retryAfterSeconds, authenticate, allow }: MfaError): Record<string, string> {
  return {
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    ...(authenticate === undefined ? {} : { 'WWW-Authenticate': authenticate }),
    ...(allow === undefined ? {} : { Allow: allow }),
  };
}
