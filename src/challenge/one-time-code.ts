import { IsInt, Max, Min } from 'class-validator';

/** How one-time codes look and how long they live. */
export class CodeOptions {
  /** Digits of a code (Deux: `MFA_CODE_NUM_DIGITS`). Fewer than six can be guessed. */
  @IsInt() @Min(6) @Max(10) digits = 6;

  /** Seconds in one window (Deux: `STEP_SIZE`). A code lives for three windows; the longest allowed life is 600 s. */
  @IsInt() @Min(15) @Max(200) stepSeconds = 30;
}

/** A moment and the shape of codes: what a code depends on besides its key. */
export interface CodeMoment extends Readonly<CodeOptions> {
  now: Date;
}

/** Loads otplib with the first code: it costs 35 ms, and an application may use no codes. */
export function loadOtplib(): Promise<typeof import('otplib')> {
  return import('otplib');
}

/**
 * The code of a key in the window of `now`, shifted by `drift` windows (RFC 6238, SHA-1). Deux: `generate_mfa_code`.
 * @param key at least 16 bytes (RFC 4226 R6)
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
 * Whether a code is the key's in this window, the one before or the one after. Deux: `verify_mfa_code`.
 * Anything that is not exactly `digits` ASCII digits is no code. It does not make a code single-use: that takes a write.
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

/** Whether a text has the shape of a code: that many ASCII digits, nothing before, between or after. */
export function isCode(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9]+$/.test(text);
}

function epochSeconds(now: Date): number {
  return Math.floor(now.getTime() / 1000);
}
