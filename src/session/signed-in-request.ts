import type { DirectoryUser } from '../core/user-directory.js';
import type { MfaSession } from '../store/mfa-session.entity.js';

/** A request that the `SessionGuard` has let through. */
export interface SignedInRequest {
  headers: Record<string, string | undefined>;
  user: DirectoryUser;
  mfaSession: MfaSession;
}
