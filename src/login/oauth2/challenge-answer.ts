import { promptBody } from '../../verification/prompts.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import type { OAuth2Options } from './oauth2-options.js';
import { OAuthRefusal } from './oauth-refusal.js';

/**
 * Returns how a client is asked for a second factor. The library knows no other way out of a grant than an error, and interceptors and
 * tracing must not see it as a failure. @throws the error, if it is another one, or the refusal that strict clients want
 */
export function challengeAnswer(error: unknown, { errors }: OAuth2Options): object {
  if (!(error instanceof ChallengeRequiredMessage)) throw error;
  const { mfa_required, ...details } = promptBody(error.prompt);
  if (errors === 'deux') return { mfa_required, ...details };
  throw new OAuthRefusal('mfa_required', 'A second factor is required.', 400, details);
}
