import OAuth2Server from '@node-oauth/oauth2-server';
import type { MfaError } from '../../core/mfa-error.js';
import { type CredentialFields, readCredentials } from '../credential-fields.js';
import type { Credentials } from '../first-half.js';
import type { Login } from '../login.js';
import type { OAuthModel } from './oauth-model.js';
import { OAuthRefusal } from './oauth-refusal.js';
import { missingParameter, type TokenParameters } from './oauth-request.js';
import { resumedLogin } from './resumed-login.js';
import { signedInToken } from './signed-in-token.js';

/** Who asks: the client's address and its connection. */
export type TokenCaller = Pick<Credentials, 'address' | 'signal'>;

/** The library's request, with who asks. */
export type CalledTokenRequest = OAuth2Server.Request & { caller: TokenCaller };

/**
 * The password grant with a second factor, for the library. It checks the scope before the password and the password before the
 * code, so a refused request spends nothing. An `mfa_token` takes the password's place. Deux: `MFAOAuth2Validator.validate_user`.
 */
export function passwordGrant(login: Login, model: OAuthModel): typeof OAuth2Server.AbstractGrantType {
  class MfaPasswordGrant extends OAuth2Server.AbstractGrantType {
    async handle(request: CalledTokenRequest, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const asked = await this.validateScope({}, client, this.getScope(request));
      const parameters = request.body as TokenParameters;
      const second = { mfaCode: parameters.mfa_code, backupCode: parameters.backup_code };
      const attempt = parameters.mfa_token
        ? await resumedLogin(login, parameters, request.caller)
        : await login.authenticate(Object.assign(read(parameters), request.caller));
      // A pending login has the scope that it was begun for.
      return signedInToken(model, client, { attempt, second, scope: attempt.pending?.scope ?? (asked || []) });
    }
  }
  return MfaPasswordGrant;
}

function read({ username, password }: TokenParameters): CredentialFields {
  if (!username) throw missingParameter('username');
  if (!password) throw missingParameter('password');
  try {
    return readCredentials({ username, password });
  } catch (error) {
    const { messages = [] } = error as MfaError;
    throw new OAuthRefusal('invalid_request', messages.join(', '));
  }
}
