import OAuth2Server from '@node-oauth/oauth2-server';
import { Login } from '../login.js';
import type { OAuthModel, TokenSubject } from './oauth-model.js';
import type { AddressedTokenRequest } from './oauth-request.js';

/** The user must prove a second factor first. It is no error to the client: 200 and `mfa_required`. */
export class ChallengeRequiredMessage extends Error {
  constructor(readonly challengeType: string) {
    super('A second factor is required.');
    this.name = 'ChallengeRequiredMessage';
  }
}

/**
 * The password grant with a second factor, in the library's form. Scope comes before the password and the password
 * before the code, so that a request that is refused spends nothing. Deux: `MFAOAuth2Validator.validate_user`.
 */
export function passwordGrant(login: Login, model: OAuthModel): typeof OAuth2Server.AbstractGrantType {
  class MfaPasswordGrant extends OAuth2Server.AbstractGrantType {
    async handle(request: AddressedTokenRequest, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
      const scope = await this.validateScope({}, client, this.getScope(request));
      const { username, password, mfa_code, backup_code } = request.body as Record<string, string | undefined>;
      if (!username) throw new OAuth2Server.InvalidRequestError('Missing parameter: `username`');
      if (!password) throw new OAuth2Server.InvalidRequestError('Missing parameter: `password`');
      const { address } = request;
      const user = await login.authenticate({ username, password, address });
      const outcome = await login.decide(user, { mfaCode: mfa_code, backupCode: backup_code, address });
      if (outcome.kind === 'challenged') throw new ChallengeRequiredMessage(outcome.challengeType);
      const subject: TokenSubject = { kind: 'login', signIn: outcome.signIn };
      return model.saveToken({ scope } as unknown as OAuth2Server.Token, client, subject);
    }
  }
  return MfaPasswordGrant;
}
