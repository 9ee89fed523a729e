import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CodeSecret, codeFor } from '../../src/challenge/sent-code.js';
import type { Moment } from '../../src/challenge/challenge.js';
import type { Purpose } from '../../src/core/purpose.js';
import { generateMfaCode } from '../../src/challenge/one-time-code.js';

const STEP = 30;
const SHAPE = { digits: 6, stepSeconds: STEP };
const START = new Date('2026-03-01T12:00:00Z').getTime();
/** χ² of nine degrees of freedom, which chance exceeds once in a thousand times. */
const CHI_SQUARE_9 = 27.88;

/** Secrets of two users. They are fixed, so that this test says the same at every run. */
const SECRETS = ['one user', 'another user'].map((name) => createHash('sha256').update(name).digest('base64'));
const PURPOSES: Purpose[] = ['login', 'step-up'];
const PHONES = ['14085550101', '14085550102'];

interface Sent {
  secret: string;
  purpose: Purpose;
  phone: string;
  spent: number;
  window: number;
}

function code({ secret, purpose, phone, spent, window }: Sent): Promise<string> {
  const state: CodeSecret = { secret, spent };
  const now = new Date(START + window * STEP * 1000);
  const moment: Moment = { ...SHAPE, purpose, user: { id: '1', name: '1' }, now, phase: undefined };
  return codeFor(state, phone, moment);
}

/** 10 000 codes: 2 users × 2 purposes × 2 phones × 25 uses × 50 windows. */
const ALL: Sent[] = SECRETS.flatMap((secret) =>
  PURPOSES.flatMap((purpose) =>
    PHONES.flatMap((phone) =>
      Array.from({ length: 25 * 50 }, (_, index) => ({
        secret,
        purpose,
        phone,
        spent: index % 25,
        window: Math.floor(index / 25),
      })),
    ),
  ),
);
const CODES = await Promise.all(ALL.map(code));

function chiSquare(counts: number[], total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** How many codes stay the same when what they are for is changed. By chance, one in a hundred runs has one. */
async function sameAfter(change: (sent: Sent) => Partial<Sent>): Promise<number> {
  const codes = await Promise.all(ALL.map((sent) => code({ ...sent, ...change(sent) })));
  return codes.filter((one, index) => one === CODES[index]).length;
}

describe('ten thousand SMS codes', () => {
  it('[B-24] have each digit equally often at each place', () => {
    expect(CODES).toHaveLength(10_000);
    for (let place = 0; place < SHAPE.digits; place++) {
      const counts = Array.from(
        { length: 10 },
        (_, digit) => CODES.filter((one) => one[place] === String(digit)).length,
      );
      expect(chiSquare(counts, CODES.length)).toBeLessThan(CHI_SQUARE_9);
    }
  });

  it('[B-24] repeat no more often than chance has it', () => {
    // 10 000 draws of a million have about 50 pairs; 100 are further off than seven standard deviations.
    expect(CODES.length - new Set(CODES).size).toBeLessThan(100);
  });

  it.each<[string, (sent: Sent) => Partial<Sent>]>([
    ['purposes', ({ purpose }) => ({ purpose: purpose === 'login' ? 'step-up' : 'login' })],
    ['phones', ({ phone }) => ({ phone: PHONES.find((other) => other !== phone) })],
    ['users', ({ secret }) => ({ secret: SECRETS.find((other) => other !== secret) })],
    ['uses', ({ spent }) => ({ spent: spent + 1 })],
    ['windows', ({ window }) => ({ window: window + 1 })],
  ])('[B-24] differ between two %s', async (_, change) => {
    expect(await sameAfter(change)).toBeLessThanOrEqual(1);
  });

  it('[B-24] are not the TOTP of the stored key itself', async () => {
    const plain = await Promise.all(
      ALL.map(({ secret, window }) =>
        generateMfaCode(Buffer.from(secret, 'base64'), { ...SHAPE, now: new Date(START + window * STEP * 1000) }),
      ),
    );
    expect(plain.filter((one, index) => one === CODES[index]).length).toBeLessThanOrEqual(1);
  });
});
