import type { DirectoryUser } from '../users/user-directory.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import type { LiveSession } from './live-session.js';
import { unauthenticated } from './unauthenticated.js';

/** The signed-in user, the session, and the user's row when the request came. */
export interface SignedIn {
  user: DirectoryUser;
  session: LiveSession;
  row: SeenRow;
}

/** A symbol, so that neither a property of the request nor another guard can set it. */
const SIGNED_IN = Symbol('nestjs-mfa:signed-in');

/** A request that the `SessionGuard` has let through. */
export interface SignedInRequest {
  [SIGNED_IN]?: SignedIn;
}

/**
 * Notes who is signed in, and sets `user` and `mfaSession` for the application. This replaces a user from another guard: a
 * handler must act for the user who proved a session here.
 */
export function noteSignedIn(request: object, found: SignedIn): void {
  const { user, session } = found;
  Object.assign(request, { [SIGNED_IN]: found, user, mfaSession: session });
}

/** Notes who is signed in by the application's own credential. Its guard decides what `user` is, and it stays. */
export function noteOwnSignedIn(request: object, found: SignedIn): void {
  Object.assign(request, { [SIGNED_IN]: found });
}

/** Returns who is signed in. @throws {MfaError} 401 if the `SessionGuard` did not run */
export function signedIn(request: SignedInRequest): SignedIn {
  const found = request[SIGNED_IN];
  if (!found) throw unauthenticated();
  return found;
}
