import type OAuth2Server from '@node-oauth/oauth2-server';
import type { LoginAttempt } from '../first-half.js';
import type { SecondFactor } from '../given-proofs.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import type { OAuthModel } from './oauth-model.js';

/** A login of an OAuth2 client. */
interface ClientLogin {
  attempt: LoginAttempt;
  second: SecondFactor;
  scope: string[];
}

/** Signs a user in for a client, and returns the tokens. @throws {ChallengeRequiredMessage} if a second factor must be proven first */
export async function signedInToken(
  model: OAuthModel,
  client: OAuth2Server.Client,
  { attempt, second, scope }: ClientLogin,
): Promise<OAuth2Server.Token> {
  const outcome = await model.signIn(attempt, second, { clientId: client.id, scope, refreshable: true });
  if (outcome.kind === 'challenged') throw new ChallengeRequiredMessage(outcome);
  return model.saveToken({ scope } as unknown as OAuth2Server.Token, client, { ...outcome, kind: 'login' });
}
