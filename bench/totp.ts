import { generateSync, verifySync } from 'otplib';

const STEP_SECONDS = 30;

/** The code that an authenticator app shows. */
export function codeAt(secret: string, now: Date): string {
  return generateSync({ secret, epoch: epochSeconds(now) });
}

/** The time step of a right code, or null. Codes of the last used step and of earlier ones are wrong: RFC 6238 §5.2. */
export function acceptedStep(secret: string, token: string, now: Date, lastStep: number): number | null {
  const epoch = epochSeconds(now);
  const result = verifySync({ secret, token, epoch, epochTolerance: STEP_SECONDS, afterTimeStep: lastStep });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

function epochSeconds(now: Date): number {
  return Math.floor(now.getTime() / 1000);
}
