import { promptBody } from '../verification/prompts.js';
import type { SignInOutcome } from './open-session.js';
import { remainingCodes } from './remaining-codes.js';

/** Returns how clients of the token login get its outcome. Deux: `ObtainMFAAuthToken`. */
export function signInBody(outcome: SignInOutcome): object {
  if (outcome.kind === 'challenged') return promptBody(outcome);
  return { token: outcome.issued.token, ...remainingCodes(outcome.recoveryCodesRemaining) };
}
