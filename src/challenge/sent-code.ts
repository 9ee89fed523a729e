import { createHmac } from 'node:crypto';
import { randomKey } from '../crypto/randomness.js';
import type { Moment, Verdict } from './challenge.js';
import { generateMfaCode, isCode, verifyMfaCode } from './one-time-code.js';

/** The secret of a challenge's codes, which is part of the challenge's state. */
export interface CodeSecret {
  /** 32 random bytes in base64. Deux: `sms_secret_key`. */
  secret: string;
  /** The number of spent codes. Each spent code makes all earlier codes worthless. */
  spent: number;
}

/**
 * Returns the secret of a new factor. Deux: `generate_key`.
 * @example
 * ```ts
 * const state = { email: 'ada@example.com', ...generateKey() };
 * ```
 */
export function generateKey(): CodeSecret {
  return { secret: randomKey().toString('base64'), spent: 0 };
}

/**
 * Returns the code to send now. It is a TOTP whose key depends on the secret, the destination, the purpose and the number of
 * spent codes. So it needs no row, lives for three windows, and is worthless for another destination or purpose.
 * @example
 * ```ts
 * const state = { email: 'ada@example.com', ...generateKey() };
 * await mailer.send(state.email, `Your code: ${await codeFor(state, state.email, moment)}`);
 * ```
 */
export function codeFor(state: CodeSecret, destination: string, moment: Moment, drift = 0): Promise<string> {
  return generateMfaCode(boundKey(state, destination, moment), moment, drift);
}

/**
 * Judges a code that was sent. A right code is spent, and makes all earlier codes worthless. Those of the last spent one's windows are
 * `replayed`.
 * @example
 * ```ts
 * const state = { email: 'ada@example.com', ...generateKey() };
 * const verdict = await spendCode(state, state.email, code, moment); // { kind: 'right', state: … }, or e.g. { kind: 'wrong' }
 * ```
 */
export async function spendCode<State extends CodeSecret>(
  state: State,
  destination: string,
  code: string,
  moment: Moment,
): Promise<Verdict<State>> {
  const { spent } = state;
  const isCodeOf = (count: number) =>
    verifyMfaCode(boundKey({ ...state, spent: count }, destination, moment), code, moment);
  if (await isCodeOf(spent)) return { kind: 'right', state: { ...state, spent: spent + 1 } };
  return { kind: (await isCodeOf(spent - 1)) ? 'replayed' : 'wrong' };
}

/** A code as people paste it, e.g. with a line end and spaces between its digits. */
const LONGEST_TYPED = 64;

/**
 * Returns the code that a client sent, or undefined. White space and single dashes between digits are dropped, because people paste
 * codes as a message shows them.
 * @example
 * ```ts
 * readCode('123 456', moment); // '123456'
 * readCode(123456, moment); // undefined
 * ```
 */
export function readCode(raw: unknown, { digits }: Moment): string | undefined {
  if (typeof raw !== 'string' || raw.length > LONGEST_TYPED) return undefined;
  const code = raw.replace(/\s/g, '').replace(/(?<=[0-9])[-\u2010\u2011](?=[0-9])/g, '');
  return isCode(code, digits) ? code : undefined;
}

/** Returns when a code of `codeFor` is worthless: one to two windows from now, and the drift. */
export function codeExpiry({ now, stepSeconds }: Pick<Moment, 'now' | 'stepSeconds'>, drift = 0): Date {
  const step = stepSeconds * 1000;
  return new Date((Math.floor(now.getTime() / step) + 2 + drift) * step);
}

function boundKey({ secret, spent }: CodeSecret, destination: string, { purpose }: Moment): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(JSON.stringify([purpose, destination, spent]))
    .digest();
}
