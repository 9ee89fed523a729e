import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../src/core/clock.js';
import { type AbstractMultiFactorAuth, NEVER } from '../../src/store/abstract-multi-factor-auth.js';
import { type AttemptBudget, countFailure, lockedSeconds, settle, wasLocked } from '../../src/limits/attempt-budget.js';

const START = new Date('2026-03-01T12:00:00Z');
const LADDER = [30, 60, 120, 240, 480, 900, 1800, 3600, 3600];
const LOCKS: AttemptBudget = {
  kind: 'code',
  count: 'code',
  lockSeconds: LADDER.slice(0, -1),
  freeFailures: 5,
  maxFailures: 100,
  burst: 1000,
  refillSeconds: 1,
};
const ROLLING: AttemptBudget = {
  ...LOCKS,
  kind: 'backup',
  count: 'backup',
  lockSeconds: [],
  freeFailures: 100,
  burst: 3,
  refillSeconds: 60,
};

/** A user who enters wrong proofs, and waits between them. */
class Guesser {
  now = START;
  row = {
    codeFailures: 0,
    codeLockedUntil: NEVER,
    codeArrival: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
    backupArrival: NEVER,
    knownCodeLockedUntil: NEVER,
    knownBackupLockedUntil: NEVER,
  } as AbstractMultiFactorAuth;
  /** What each wrong proof that was judged said of itself. */
  locks: boolean[] = [];

  wait(seconds: number): this {
    this.now = secondsAfter(this.now, seconds);
    return this;
  }

  /** How many of so many are judged. */
  guess(budget: AttemptBudget, times: number): number {
    let judged = 0;
    for (let tries = 0; tries < times; tries++) {
      if (lockedSeconds(this.row, budget, this.now) > 0) continue;
      const { change, locks } = countFailure(this.row, budget, this.now);
      this.row = { ...this.row, ...change } as AbstractMultiFactorAuth;
      this.locks.push(locks);
      judged++;
    }
    return judged;
  }
}

describe('wrong proofs', () => {
  it('lock with the fifth in a row, and for longer with each one after it', () => {
    const guesser = new Guesser();
    expect(guesser.guess(LOCKS, 10)).toBe(5);
    for (const seconds of LADDER) {
      expect([seconds, guesser.wait(seconds - 0.001).guess(LOCKS, 1)]).toEqual([seconds, 0]);
      expect([seconds, guesser.wait(0.001).guess(LOCKS, 2)]).toEqual([seconds, 1]);
    }
  });

  it('say which of them locks', () => {
    const guesser = new Guesser();
    guesser.guess(LOCKS, 5);
    guesser.wait(30).guess(LOCKS, 1);
    expect(guesser.locks).toEqual([false, false, false, false, true, true]);
    const rolling = new Guesser();
    rolling.guess(ROLLING, 3);
    expect(rolling.locks).toEqual([false, false, true]);
  });

  it('are not judged at the cap, however long one waits', () => {
    const budget = { ...LOCKS, lockSeconds: [], freeFailures: 10, maxFailures: 10 };
    const guesser = new Guesser();
    expect(guesser.guess(budget, 20)).toBe(10);
    expect(guesser.wait(365 * 86_400).guess(budget, 1)).toBe(0);
    expect(lockedSeconds(guesser.row, budget, guesser.now)).toBe(3600);
  });

  it('have a burst at once, then one for each refill, and never more than a burst after a rest', () => {
    const guesser = new Guesser();
    expect(guesser.guess(ROLLING, 10)).toBe(3);
    expect(guesser.wait(59.999).guess(ROLLING, 5)).toBe(0);
    expect(guesser.wait(0.001).guess(ROLLING, 5)).toBe(1);
    expect(guesser.wait(120).guess(ROLLING, 5)).toBe(2);
    expect(guesser.wait(86_400).guess(ROLLING, 5)).toBe(3);
  });

  it('are counted apart for each kind of proof', () => {
    const guesser = new Guesser();
    expect([guesser.guess(LOCKS, 9), guesser.guess(ROLLING, 9)]).toEqual([5, 3]);
  });
});

describe('a right proof', () => {
  it('ends the locks and the failures in a row of both kinds, and leaves the rolling limits', () => {
    const guesser = new Guesser();
    guesser.guess(LOCKS, 5);
    guesser.guess(ROLLING, 3);
    expect(wasLocked(guesser.row)).toBe(true);
    const row = { ...guesser.row, ...settle(guesser.row, LOCKS) } as AbstractMultiFactorAuth;
    expect(row).toMatchObject({ codeFailures: 0, codeLockedUntil: NEVER, backupFailures: 0 });
    expect([wasLocked(row), lockedSeconds(row, LOCKS, START), lockedSeconds(row, ROLLING, START)]).toEqual([
      false,
      0,
      60,
    ]);
  });

  it('that was paid for before it was judged gets that payment back, and no other', () => {
    const guesser = new Guesser();
    guesser.guess(ROLLING, 3);
    guesser.row = { ...guesser.row, ...settle(guesser.row, ROLLING, true) } as AbstractMultiFactorAuth;
    expect(guesser.guess(ROLLING, 5)).toBe(1);
  });
});
