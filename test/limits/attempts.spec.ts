import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../src/core/clock.js';
import { AttemptOptions } from '../../src/limits/attempt-options.js';
import { Attempts } from '../../src/limits/attempts.js';
import { type AbstractMultiFactorAuth, NEVER } from '../../src/store/abstract-multi-factor-auth.js';

const START = new Date('2026-03-01T12:00:00Z');
const MILLISECOND = 0.001;

/** A user's proofs, each by a request that began at one moment and is judged at another. */
class Proofs {
  private readonly attempts = new Attempts(new AttemptOptions());
  private row = {
    codeFailures: 0,
    codeLockedUntil: NEVER,
    codeArrival: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
    backupArrival: NEVER,
    factors: [{ id: 'one', type: 'sms', hint: '', sealedState: '', createdAt: START }],
  } as unknown as AbstractMultiFactorAuth;

  /** Says what each of these is told: its outcome, or nothing. */
  send(rights: readonly boolean[], startedAt: Date, now = secondsAfter(startedAt, 50 * MILLISECOND)): string {
    return rights.map((isRight) => this.told(isRight, startedAt, now)).join(' ');
  }

  private told(isRight: boolean, startedAt: Date, now: Date): string {
    try {
      this.attempts.refuseIfLocked(this.row, 'factor', now);
      this.attempts.refuseIfTold(this.row, 'factor', startedAt);
    } catch {
      return '-';
    }
    this.row = { ...this.row, ...(isRight ? this.right(startedAt, now) : this.wrong(now)) } as AbstractMultiFactorAuth;
    return isRight ? 'right' : 'wrong';
  }

  private right(startedAt: Date, now: Date): Partial<AbstractMultiFactorAuth> {
    const proven = { ...this.row.factors[0]!, lastUsedAt: now };
    const how = { role: 'factor', isPaid: false, startedAt, now } as const;
    const { change, factor } = this.attempts.succeed(this.row, proven, how);
    return { ...change, factors: [factor] };
  }

  private wrong(now: Date): Partial<AbstractMultiFactorAuth> {
    return this.attempts.fail(this.row, 'factor', now).change;
  }
}

describe('[B-06] a burst with the right proof in it', () => {
  it.each([0, 1, 2, 3, 4])('is told five outcomes, of which the right one comes after %i others', (before) => {
    const burst = Array.from({ length: 30 }, (_, index) => index === before);
    const told = Array.from({ length: 5 }, (_, index) => (index === before ? 'right' : 'wrong'));
    const nothing = Array.from({ length: 25 }, () => '-');
    expect(new Proofs().send(burst, START)).toBe([...told, ...nothing].join(' '));
  });

  it('is not told more by requests that are read late, within a second', () => {
    const proofs = new Proofs();
    expect(proofs.send([false, false, false, true], START)).toBe('wrong wrong wrong right');
    expect(proofs.send([false, false, true], secondsAfter(START, 0.5))).toBe('wrong - -');
    expect(proofs.send([false, false, true], secondsAfter(START, 1.049))).toBe('- - -');
    expect(proofs.send([false, true], secondsAfter(START, 1.05))).toBe('wrong right');
  });

  it('is none where the clock stands still', () => {
    const fourAndOne = [false, false, false, false, true];
    const proofs = new Proofs();
    for (let round = 0; round < 3; round++) {
      expect(proofs.send(fourAndOne, START, START)).toBe('wrong wrong wrong wrong right');
    }
  });
});
