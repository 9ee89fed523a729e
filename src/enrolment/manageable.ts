import { signedIn, type SignedIn, type SignedInRequest } from '../session/signed-in-request.js';
import type { Freshness } from '../step-up/freshness.js';
import { enabledOf } from './removal.js';

/**
 * Returns who is signed in by a request that changes MFA, which must be on. "Not enabled" comes before an old sign-in, as the contract says:
 * it tells users nothing new about their account. @throws {MfaError}
 */
export function manageable(request: SignedInRequest, freshness: Freshness): SignedIn {
  const given = signedIn(request);
  enabledOf(given.row);
  freshness.requireForManagement(given.session, given.row);
  return given;
}
