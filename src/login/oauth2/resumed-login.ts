import type { Login } from '../login.js';
import type { Caller, LoginAttempt } from '../first-half.js';
import { required } from './mfa-grant-types.js';
import { OAuthRefusal } from './oauth-refusal.js';
import type { TokenParameters } from './oauth-request.js';

/**
 * Returns the login that goes on with an `mfa_token`. Beside a name or a password it is refused: they may be another user's, and nobody
 * could tell who is to be signed in. @throws {OAuthRefusal} or {MfaError}
 */
export function resumedLogin(login: Login, parameters: TokenParameters, caller: Caller): Promise<LoginAttempt> {
  const { username, password, mfa_token } = parameters;
  if (username !== undefined || password !== undefined) {
    throw new OAuthRefusal('invalid_request', '`mfa_token` takes the place of `username` and `password`');
  }
  return login.resume(required('mfa_token', mfa_token), caller);
}
