import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { DEFAULT_WORDS, type Word } from './words.js';

const STATUS: Partial<Record<Word, number>> = {
  locked: 429,
  not_authenticated: 401,
  insufficient_user_authentication: 401,
  user_required: 403,
  http_only: 403,
  cross_site: 403,
  method_not_allowed: 405,
  server_error: 500,
  unavailable: 503,
};

/** What an error adds to its code: response headers' values for clients, `cause` for operators only. */
export interface MfaErrorDetails {
  status?: number;
  /** Seconds until another try is worth while, sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** The `WWW-Authenticate` header's value. */
  authenticate?: string;
  /** Field errors, sent as the list in `message`. */
  messages?: string[];
  /** For the log, never for the client. */
  cause?: unknown;
}

/**
 * An expected, final refusal. The code is stable; its words and status come from the tables. It is one of Nest's
 * exceptions, so that a filter of the application that knows those keeps its status.
 */
export class MfaError extends HttpException {
  readonly retryAfterSeconds?: number;
  readonly authenticate?: string;
  readonly messages?: string[];

  constructor(
    readonly code: Word,
    { status = STATUS[code] ?? 400, cause, ...details }: MfaErrorDetails = {},
  ) {
    super({ statusCode: status, error: STATUS_CODES[status], message: DEFAULT_WORDS[code], code }, status, { cause });
    Object.assign(this, details);
  }
}
