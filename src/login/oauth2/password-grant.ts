import OAuth2Server from '@node-oauth/oauth2-server';
import type { MfaError } from '../../core/mfa-error.js';
import { bodyReader } from '../../http/body.js';
import { CredentialFields } from '../credential-fields.js';
import type { Credentials } from '../first-half.js';
import type { Login } from '../login.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import type { OAuthModel, TokenSubject } from './oauth-model.js';
import { OAuthRefusal } from './oauth-refusal.js';
import type { TokenParameters } from './oauth-request.js';

/** Who asks: the client's address and its connection. */
export type TokenCaller = Pick<Credentials, 'address' | 'signal'>;

/** The library's request, with who asks. */
export type CalledTokenRequest = OAuth2Server.Request & { caller: TokenCaller };

/**
 * The password grant with a second factor, for the library. It checks the scope before the password and the password before the
 * code, so a refused request spends nothing. Deux: `MFAOAuth2Validator.validate_user`.
 */
export function passwordGrant(login: Login, model: OAuthModel): typeof OAuth2Server.AbstractGrantType {
  class MfaPasswordGrant extends OAuth2Server.AbstractGrantType {
    async handle(request: CalledTokenRequest, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const scope = await this.validateScope({}, client, this.getScope(request));
      const { username, password, mfa_code, backup_code } = request.body as TokenParameters;
      if (!username) throw missing('username');
      if (!password) throw missing('password');
      const credentials = read({ username, password });
      const attempt = await login.authenticate({ ...credentials, ...request.caller });
      const grant = { clientId: client.id, scope: scope || [], refreshable: true };
      const outcome = await model.signIn(attempt, { mfaCode: mfa_code, backupCode: backup_code }, grant);
      if (outcome.kind === 'challenged') throw new ChallengeRequiredMessage(outcome.challengeType);
      const subject: TokenSubject = { ...outcome, kind: 'login' };
      return model.saveToken({ scope } as unknown as OAuth2Server.Token, client, subject);
    }
  }
  return MfaPasswordGrant;
}

const readCredentials = bodyReader(CredentialFields);

function read(given: object): CredentialFields {
  try {
    return readCredentials(given);
  } catch (error) {
    const { messages = [] } = error as MfaError;
    throw new OAuthRefusal('invalid_request', messages.join(', '));
  }
}

function missing(name: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', `Missing parameter: \`${name}\``);
}
