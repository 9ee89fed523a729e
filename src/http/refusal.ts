import { HttpException } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';

/** Seconds until a client may try again while a server is down. */
const OUTAGE_SECONDS = 5;

/** Error codes of systems and drivers for a server that is down, stops, starts, or takes no more connections. */
const CODE =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOST\w+|ENET\w+|ENOTFOUND|EAI_AGAIN|PROTOCOL_CONNECTION_LOST|ER_(SERVER_SHUTDOWN|CON_COUNT_ERROR)|57P0[1-3]|53300|08\w{3})$/;

/** Messages of pg, pg-pool and mysql2 that have no code. */
const MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Can't add new command when connection is in closed state)/;

/** Says whether the application has thrown this exception of Nest. Its own body is the answer. */
export function isOutsideError(error: unknown): error is HttpException {
  return error instanceof HttpException && !(error instanceof MfaError);
}

/** Returns the refusal for an error. An unexpected error is an outage, 503, or a failure, 500, without details. */
export function refusalOf(error: unknown): MfaError {
  if (error instanceof MfaError) return error;
  return isOutage(error)
    ? new MfaError('unavailable', { retryAfterSeconds: OUTAGE_SECONDS, cause: error })
    : new MfaError('server_error', { cause: error });
}

// Covers the application's statements too: the first one of a login looks up the user.
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return CODE.test(String(code)) || MESSAGE.test(error.message);
}
