import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { DEFAULT_WORDS, type Word } from './words.js';

const STATUS: Partial<Record<Word, number>> = {
  locked: 429,
  not_authenticated: 401,
  insufficient_user_authentication: 401,
  mfa_enrolment_required: 401,
  recovery_required: 403,
  user_required: 403,
  insufficient_scope: 403,
  http_only: 403,
  cross_site: 403,
  method_not_allowed: 405,
  conflict: 409,
  unparsed_body: 500,
  server_error: 500,
  unavailable: 503,
};

/** What an error adds to its code: headers for clients, and a `cause` for operators. */
export interface MfaErrorDetails {
  status?: number;
  /** Seconds until the client may try again, sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** The value of `WWW-Authenticate`. */
  authenticate?: string;
  /** The methods that a path takes, sent as `Allow`. */
  allow?: string;
  /** More of the answer's body: what the client can do instead. */
  more?: object;
  /** Field errors, sent as the list in `message`. */
  messages?: string[];
  /** The same by field. */
  fields?: Record<string, string[]>;
  /** For the log, never for the client. */
  cause?: unknown;
}

const MARK = Symbol.for('nestjs-mfa:error');

/**
 * An expected, final refusal. The code never changes; tables give its words and status. It is one of Nest's exceptions, so
 * the application's filters keep its status.
 */
export class MfaError extends HttpException {
  readonly retryAfterSeconds?: number;
  readonly authenticate?: string;
  readonly allow?: string;
  readonly more?: object;
  readonly messages?: string[];
  readonly fields?: Record<string, string[]>;
  /** Marks it, so that an `MfaError` of a second copy of the package is one too. */
  readonly [MARK] = true;

  static override [Symbol.hasInstance](error: unknown): boolean {
    if (this !== MfaError) return Function.prototype[Symbol.hasInstance].call(this, error);
    return error instanceof Error && MARK in error;
  }

  constructor(
    readonly code: Word,
    { status = STATUS[code] ?? 400, cause, ...details }: MfaErrorDetails = {},
  ) {
    super({ statusCode: status, error: STATUS_CODES[status], message: DEFAULT_WORDS[code], code }, status, { cause });
    Object.assign(this, details);
  }
}
