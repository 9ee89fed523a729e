import { createHmac } from 'node:crypto';
import { randomKey } from '../crypto/randomness.js';
import type { Moment, Verdict } from './challenge.js';
import { generateMfaCode, isCode, verifyMfaCode } from './one-time-code.js';

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
export function codeFor(state: CodeSecret, destination: string, moment: Moment, drift = 0): Promise<string> {
  return generateMfaCode(boundKey(state, destination, moment), moment, drift);
}

/** Judges a code that was sent. A right one is spent, and with it every other code of its time. */
export async function spendCode<State extends CodeSecret>(
  state: State,
  destination: string,
  code: string,
  moment: Moment,
): Promise<Verdict<State>> {
  const isRight = await verifyMfaCode(boundKey(state, destination, moment), code, moment);
  return isRight ? { kind: 'right', state: { ...state, spent: state.spent + 1 } } : { kind: 'wrong' };
}

/** What a client sent, if it has the shape of a code. */
export function readCode(raw: unknown, { digits }: Moment): string | undefined {
  return typeof raw === 'string' && isCode(raw, digits) ? raw : undefined;
}

function boundKey({ secret, spent }: CodeSecret, destination: string, { purpose }: Moment): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(JSON.stringify([purpose, destination, spent]))
    .digest();
}
