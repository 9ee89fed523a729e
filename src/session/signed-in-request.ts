import type { DirectoryUser } from '../core/user-directory.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { unauthenticated } from './unauthenticated.js';

/** Who is signed in, and by which session. */
export interface SignedIn {
  user: DirectoryUser;
  session: MfaSession;
}

/** A symbol: what a request brings under a name, or another guard puts there, decides nothing here. */
const SIGNED_IN = Symbol('nestjs-mfa:signed-in');

/** A request that the `SessionGuard` has let through. */
export interface SignedInRequest {
  [SIGNED_IN]?: SignedIn;
}

/**
 * Notes who is signed in. `user` and `mfaSession` are for the application to read; a `user` that its own guard has found
 * stays.
 */
export function noteSignedIn(request: { user?: unknown }, { user, session }: SignedIn): void {
  Object.assign(request, { [SIGNED_IN]: { user, session }, user: request.user ?? user, mfaSession: session });
}

/** Who is signed in. @throws {MfaError} 401 where the `SessionGuard` has not been asked */
export function signedIn(request: SignedInRequest): SignedIn {
  const found = request[SIGNED_IN];
  if (!found) throw unauthenticated();
  return found;
}
