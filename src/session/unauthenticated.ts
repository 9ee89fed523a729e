import { MfaError } from '../core/mfa-error.js';
import { type EpochOfUser, isAlive, type LiveSession } from './live-session.js';

/** Returns the refusal of a credential: 401 with `WWW-Authenticate` (RFC 6750 §3). */
export function unauthenticated(error?: 'invalid_token'): MfaError {
  return new MfaError('not_authenticated', {
    authenticate: `Bearer realm="mfa"${error ? `, error="${error}"` : ''}`,
  });
}

/** Returns the refusal of a client's own token: 403, as for a token that may do too little (RFC 6750 §3.1). */
export function userRequired(): MfaError {
  return new MfaError('user_required', { authenticate: 'Bearer realm="mfa", error="insufficient_scope"' });
}

/**
 * Refuses a session that has ended since the guard let it through: its user's row then has another epoch. Each change by a
 * session needs a row of the session's epoch, or a request in progress would outlive the revocation.
 */
export function refuseEnded(session: Pick<LiveSession, 'id' | 'authEpoch'>, row: EpochOfUser | null): void {
  if (!isAlive(session, row)) throw unauthenticated('invalid_token');
}
