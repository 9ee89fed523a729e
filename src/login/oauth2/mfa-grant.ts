import OAuth2Server from '@node-oauth/oauth2-server';
import type { Login } from '../login.js';
import { MFA_GRANTS } from './mfa-grant-types.js';
import type { OAuthModel } from './oauth-model.js';
import type { TokenParameters } from './oauth-request.js';
import type { CalledTokenRequest } from './password-grant.js';
import { resumedLogin } from './resumed-login.js';
import { signedInToken } from './signed-in-token.js';

/** Returns the grant of one of those types, for the library. */
export function mfaGrant(login: Login, model: OAuthModel, type: string): typeof OAuth2Server.AbstractGrantType {
  class MfaGrant extends OAuth2Server.AbstractGrantType {
    async handle(request: CalledTokenRequest, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const parameters = request.body as TokenParameters;
      const second = MFA_GRANTS[type]!(parameters);
      const attempt = await resumedLogin(login, parameters, request.caller);
      return signedInToken(model, client, { attempt, second, scope: attempt.pending?.scope ?? [] });
    }
  }
  return MfaGrant;
}
