import { IsInt, Max, Min } from 'class-validator';
import { loadOtplib } from './otplib.js';

/** How one-time codes look and how long they live. */
export class CodeOptions {
  /** Digits of a code (Deux: `MFA_CODE_NUM_DIGITS`). Fewer than six can be guessed. */
  @IsInt() @Min(6) @Max(10) digits = 6;

  /** Seconds in one window (Deux: `STEP_SIZE`). A code lives for three windows; the longest allowed life is 600 s. */
  @IsInt() @Min(15) @Max(200) stepSeconds = 30;
}

/** The time and the shape of codes. */
export interface CodeMoment extends Readonly<CodeOptions> {
  now: Date;
}

/**
 * Returns the code of a key in the window of `now`, shifted by `drift` windows (RFC 6238, SHA-1). Deux: `generate_mfa_code`.
 * @param key at least 16 bytes (RFC 4226 R6)
 * @example
 * ```ts
 * const code = await generateMfaCode(Buffer.from('12345678901234567890'), { now: new Date(), digits: 6, stepSeconds: 30 });
 * ```
 */
export async function generateMfaCode(
  key: Uint8Array,
  { now, digits, stepSeconds }: CodeMoment,
  drift = 0,
): Promise<string> {
  const { generateSync } = await loadOtplib();
  return generateSync({ secret: key, digits, period: stepSeconds, epoch: epochSeconds(now) + drift * stepSeconds });
}

/**
 * Says whether a code is the key's code in this window, the one before or the one after. A code has exactly `digits` ASCII
 * digits. This does not make a code single-use: that takes a write, see `spendCode`. Deux: `verify_mfa_code`.
 * @example
 * ```ts
 * const key = Buffer.from('12345678901234567890');
 * const isRight = await verifyMfaCode(key, '287082', { now: new Date(59_000), digits: 6, stepSeconds: 30 }); // true
 * ```
 */
export async function verifyMfaCode(
  key: Uint8Array,
  code: string,
  { now, digits, stepSeconds }: CodeMoment,
): Promise<boolean> {
  if (!isCode(code, digits)) return false;
  const { verifySync } = await loadOtplib();
  const epoch = epochSeconds(now);
  return verifySync({ secret: key, token: code, digits, period: stepSeconds, epoch, epochTolerance: stepSeconds })
    .valid;
}

/** Says whether a text is a code: exactly that many ASCII digits. */
export function isCode(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9]+$/.test(text);
}

function epochSeconds(now: Date): number {
  return Math.floor(now.getTime() / 1000);
}
