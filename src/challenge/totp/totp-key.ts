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

/**
 * Returns the time step of a right code, or undefined. It looks at three steps: the one in which the device's clock should be, and one
 * on each side, because a code takes time to type and to travel (RFC 6238 §5.2 and §6).
 */
export async function stepOf(device: TotpDevice, token: string, now: Date): Promise<number | undefined> {
  const { secret, algorithm, digits, period, lastStep, drift } = device;
  if (token.length !== digits) return undefined;
  const seconds = Math.floor(now.getTime() / 1000);
  // A clock was set back, or another instance's is ahead: every step of the window has been used.
  if (lastStep > Math.floor(seconds / period) + drift) return undefined;
  const { verifySync } = await loadOtplib();
  const epoch = seconds + drift * period;
  const key = { secret, algorithm, digits, period };
  const result = verifySync({ ...key, token, epoch, epochTolerance: period, afterTimeStep: lastStep });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

/** Returns the device after a code of this step. */
export function withStep<Device extends TotpDevice>(device: Device, step: number, now: Date): Device {
  const drift = step - Math.floor(now.getTime() / 1000 / device.period);
  return { ...device, lastStep: step, drift: Math.max(-MOST_DRIFT, Math.min(drift, MOST_DRIFT)) };
}
