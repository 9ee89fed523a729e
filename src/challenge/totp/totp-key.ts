import { loadOtplib } from '../otplib.js';

/** A key of an authenticator app, and what the app computes from it (RFC 6238). */
export interface TotpKey {
  /** In Base32 (RFC 4648), as apps take it. */
  secret: string;
  algorithm: 'sha1' | 'sha256' | 'sha512';
  digits: 6 | 7 | 8;
  /** Seconds of one time step. */
  period: number;
}

/** What is remembered of a device. */
export interface TotpDevice extends TotpKey {
  /** The time step of the last accepted code. Codes of it and of earlier ones are never accepted again. */
  lastStep: number;
  /** How many steps the device's clock was ahead of ours at its last code, from -1 to 1. */
  drift: number;
}

/**
 * The most steps that a device's drift moves the window. With one, the window has our own time in it whatever was learned before, so a
 * device whose clock is put right is never locked out.
 */
const MOST_DRIFT = 1;

/** Bits of a key. Fewer than RFC 4226 §4 asks for: otplib 12 and the first Google Authenticator made 80, and those are in people's phones. */
export const KEY_BITS = { least: 80, most: 512 };

/**
 * Returns the time step of a right code, or undefined. It looks at three steps: the one in which the device's clock should be, and one
 * on each side, because a code takes time to type and to travel (RFC 6238 §5.2 and §6).
 */
export async function stepOf(device: TotpDevice, token: string, now: Date): Promise<number | undefined> {
  const { period, lastStep } = device;
  const middle = middleStep(device, now);
  // A clock was set back, or another instance's is ahead: every step of the window has been used.
  if (lastStep > middle) return undefined;
  return matchingStep(device, token, { epoch: middle * period, epochTolerance: period, afterTimeStep: lastStep });
}

/** Says whether this is the last accepted code, and would still be in the window. */
export async function isLastCode(device: TotpDevice, token: string, now: Date): Promise<boolean> {
  const { period, lastStep } = device;
  if (Math.abs(lastStep - middleStep(device, now)) > 1) return false;
  return (await matchingStep(device, token, { epoch: lastStep * period, epochTolerance: 0 })) !== undefined;
}

/** Returns the device after a code of this step. */
export function withStep<Device extends TotpDevice>(device: Device, step: number, now: Date): Device {
  const drift = step - Math.floor(now.getTime() / 1000 / device.period);
  return { ...device, lastStep: step, drift: Math.max(-MOST_DRIFT, Math.min(drift, MOST_DRIFT)) };
}

/** The time step in which the device's clock should be. */
function middleStep({ period, drift }: TotpDevice, now: Date): number {
  return Math.floor(now.getTime() / 1000 / period) + drift;
}

/** Where to look for the step of a code. In seconds, but for the step before the first one. */
interface Steps {
  epoch: number;
  epochTolerance: number;
  afterTimeStep?: number;
}

async function matchingStep(
  { secret, algorithm, digits, period }: TotpKey,
  token: string,
  steps: Steps,
): Promise<number | undefined> {
  if (token.length !== digits) return undefined;
  const { createGuardrails, verifySync } = await loadOtplib();
  const guardrails = createGuardrails({ MIN_SECRET_BYTES: KEY_BITS.least / 8, MAX_SECRET_BYTES: KEY_BITS.most / 8 });
  const result = verifySync({ secret, algorithm, digits, period, token, ...steps, guardrails });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
