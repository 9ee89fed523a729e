import type { Challenge, ChallengeContext, Enrolment } from '../challenge/challenge.js';
import { FailedChallengeError } from '../challenge/failed-challenge-error.js';
import { MfaError } from '../core/mfa-error.js';

/** The start of a factor, as its challenge makes it. @throws {MfaError} if the challenge refuses it */
export async function enrol(
  challenge: Challenge,
  body: object,
  context: ChallengeContext,
): Promise<Enrolment<unknown>> {
  try {
    return await challenge.enrol(body, context);
  } catch (cause) {
    throw cause instanceof FailedChallengeError ? new MfaError('challenge_failed', { cause }) : cause;
  }
}
