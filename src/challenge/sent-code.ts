import { createHmac } from 'node:crypto';
import { type CodeMoment, generateMfaCode, isCode, verifyMfaCode } from './one-time-code.js';
import { randomKey } from '../crypto/randomness.js';
import type { ChallengeContext } from './challenge.js';

/** The state behind the codes that a challenge sends: part of the challenge's own state. */
export interface CodeSecret {
  /** 32 random bytes in base64. Deux: `sms_secret_key`. */
  secret: string;
  /** How many codes were spent. Each one spent makes all others of its time worthless. */
  spent: number;
}

/** A secret for a new factor. Deux: `generate_key`. */
export function generateKey(): CodeSecret {
  return { secret: randomKey().toString('base64'), spent: 0 };
}

/**
 * The code to send now. It is a TOTP of a key made of the secret, the destination, the purpose and the count of codes
 * spent: so it needs no row, lives for three windows, and is worth nothing for another destination or purpose.
 */
export function codeFor(state: CodeSecret, destination: string, context: ChallengeContext, drift = 0): string {
  return generateMfaCode(boundKey(state, destination, context), context, drift);
}

/** The state without that code and every other one of its time, or null if the code is not right. */
export function spendCode<State extends CodeSecret>(
  state: State,
  destination: string,
  code: string,
  context: ChallengeContext,
): State | null {
  const right = verifyMfaCode(boundKey(state, destination, context), code, context);
  return right ? { ...state, spent: state.spent + 1 } : null;
}

/** Whether a text has the shape of a code. */
export function looksLikeCode(code: string, { digits }: CodeMoment): boolean {
  return isCode(code, digits);
}

function boundKey({ secret, spent }: CodeSecret, destination: string, { purpose }: ChallengeContext): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(JSON.stringify([purpose, destination, spent]))
    .digest();
}
