import { promptBody } from '../verification/prompts.js';
import type { SignInOutcome } from './open-session.js';

/** Returns how clients of the token login get its outcome. Deux: `ObtainMFAAuthToken`. */
export function signInBody(outcome: SignInOutcome): object {
  return outcome.kind === 'challenged' ? promptBody(outcome) : { token: outcome.issued.token };
}
