import { describe, expect, it } from 'vitest';
import { secondsAfter } from '../../src/core/clock.js';
import { AttemptOptions } from '../../src/limits/attempt-options.js';
import { Attempts } from '../../src/limits/attempts.js';
import { type AbstractMultiFactorAuth, NEVER } from '../../src/store/abstract-multi-factor-auth.js';
import { burstOf, type Trial } from '../../src/verification/trial.js';

const START = new Date('2026-03-01T12:00:00Z');
const MILLISECOND = 0.001;
const KIND = { role: 'factor', guessable: true, isKnownNetwork: false } as const;

/** When a request began, when its proof was judged, and the row that it read at first, if that is not the last one. */
interface Times {
  startedAt: Date;
  now?: Date;
  began?: AbstractMultiFactorAuth;
}

/** A user's proofs. */
class Proofs {
  row = {
    codeFailures: 0,
    codeLockedUntil: NEVER,
    codeArrival: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
    backupArrival: NEVER,
    knownCodeFailures: 0,
    knownCodeLockedUntil: NEVER,
    knownBackupFailures: 0,
    knownBackupLockedUntil: NEVER,
    factors: [{ id: 'one', type: 'sms', hint: '', sealedState: '', createdAt: START }],
  } as unknown as AbstractMultiFactorAuth;
  private readonly attempts = new Attempts(new AttemptOptions());

  /** Says what each of these is told: its outcome, or nothing. */
  send(rights: readonly boolean[], times: Times): string {
    return rights.map((isRight) => this.told(isRight, times)).join(' ');
  }

  private told(isRight: boolean, { startedAt, now = secondsAfter(startedAt, 50 * MILLISECOND), began }: Times): string {
    const trial = { given: { claim: { startedAt }, moment: { now } }, began: began ?? this.row } as Trial;
    const burst = burstOf(trial, this.row);
    try {
      this.attempts.refuseIfLocked(this.row, KIND, now);
      this.attempts.refuseIfTold(this.row, KIND, burst);
    } catch {
      return '-';
    }
    const proven = { ...this.row.factors[0]!, lastUsedAt: now };
    const { change, factor } = this.attempts.succeed(this.row, proven, { ...KIND, isPaid: false, burst });
    const next = isRight ? { ...change, factors: [factor] } : this.attempts.fail(this.row, KIND, now).change;
    this.row = { ...this.row, ...next } as AbstractMultiFactorAuth;
    return isRight ? 'right' : 'wrong';
  }
}

const FOUR_AND_ONE = [false, false, false, false, true];

describe('[B-06] a burst with the right proof in it', () => {
  it.each([0, 1, 2, 3, 4])('is told five outcomes, of which the right one comes after %i others', (before) => {
    const burst = Array.from({ length: 30 }, (_, index) => index === before);
    const told = Array.from({ length: 5 }, (_, index) => (index === before ? 'right' : 'wrong'));
    const nothing = Array.from({ length: 25 }, () => '-');
    expect(new Proofs().send(burst, { startedAt: START })).toBe([...told, ...nothing].join(' '));
  });

  it('is not told more by requests that are read late, within a second', () => {
    const proofs = new Proofs();
    expect(proofs.send([false, false, false, true], { startedAt: START })).toBe('wrong wrong wrong right');
    expect(proofs.send([false, false, true], { startedAt: secondsAfter(START, 0.5) })).toBe('wrong - -');
    expect(proofs.send([false, false, true], { startedAt: secondsAfter(START, 1.049) })).toBe('- - -');
    expect(proofs.send([false, true], { startedAt: secondsAfter(START, 1.05) })).toBe('wrong right');
  });

  it('is not told more by requests that had read the row before the right one, however long they take', () => {
    const proofs = new Proofs();
    const began = proofs.row;
    expect(proofs.send(FOUR_AND_ONE, { startedAt: START })).toBe('wrong wrong wrong wrong right');
    const late = { startedAt: secondsAfter(START, -5), now: secondsAfter(START, 5) };
    expect(proofs.send([false, true], { ...late, began })).toBe('- -');
  });

  it('is not told more by requests that began before the right one, and were slow', () => {
    const proofs = new Proofs();
    expect(proofs.send(FOUR_AND_ONE, { startedAt: START })).toBe('wrong wrong wrong wrong right');
    const slow = { startedAt: secondsAfter(START, -5), now: secondsAfter(START, 5) };
    expect(proofs.send([false, true], slow)).toBe('- -');
    expect(proofs.send([false, true], { startedAt: secondsAfter(START, -5), now: secondsAfter(START, -4) })).toBe(
      'wrong right',
    );
  });

  it('refuses nothing to an owner whose last proof was taken by an instance with a fast clock', () => {
    const proofs = new Proofs();
    expect(proofs.send(FOUR_AND_ONE, { startedAt: secondsAfter(START, 30) })).toBe('wrong wrong wrong wrong right');
    expect(proofs.send([true], { startedAt: secondsAfter(START, 2) })).toBe('right');
  });

  it('is none where the clock stands still', () => {
    const proofs = new Proofs();
    for (let round = 0; round < 3; round++) {
      expect(proofs.send(FOUR_AND_ONE, { startedAt: START, now: START })).toBe('wrong wrong wrong wrong right');
    }
  });
});
