import { secondsAfter } from '../core/clock.js';
import { type AbstractMultiFactorAuth, DISABLED, NEVER } from './abstract-multi-factor-auth.js';
import type { Factor } from './factor.js';
import type { MultiFactorAuthChange, SeenRow } from './multi-factor-auth.store.js';

/** The factors with this one in its old one's place, or added. */
export function withFactor(factors: readonly Factor[], changed: Factor): Factor[] {
  const place = factors.findIndex(({ id }) => id === changed.id);
  return place < 0 ? [...factors, changed] : factors.with(place, changed);
}

/** The row with these factors in place of what they were, in force or pending. */
export function withProof(row: AbstractMultiFactorAuth, changed: readonly Factor[]): MultiFactorAuthChange {
  const replaced = (factors: readonly Factor[]) =>
    factors.map((factor) => changed.find(({ id }) => id === factor.id) ?? factor);
  return { factors: replaced(row.factors), pendingFactors: replaced(row.pendingFactors) };
}

/**
 * The requested factors of a type whose time is not over. One that was guessed at until the account was locked is dead: none can
 * be requested during a lock, so one that was made before its end was made before it.
 */
export function livePending(
  { pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth,
  type: string,
  now: Date,
  lifeSeconds: number,
): Factor[] {
  return pendingFactors.filter(
    (factor) =>
      factor.type === type && secondsAfter(factor.createdAt, lifeSeconds) >= now && factor.createdAt >= codeLockedUntil,
  );
}

/** The row with this factor pending, in place of an earlier one of its type. */
export function pendingWith(row: SeenRow, pending: Factor): MultiFactorAuthChange {
  const others = (row?.pendingFactors ?? []).filter(({ type }) => type !== pending.type);
  return { pendingFactors: [...others, pending], ...phoneNumberOf(pending) };
}

/** What a request changes in a row, as it was before. */
export function beforeRequest(row: SeenRow): MultiFactorAuthChange {
  const { pendingFactors = [], phoneNumber = '', sentMessages = [] } = row ?? {};
  return { pendingFactors, phoneNumber, sentMessages };
}

/** MFA on with this factor, and every session of the time before dead. */
export function turnedOn(row: SeenRow, proven: Factor): MultiFactorAuthChange {
  const factor = { ...proven };
  // Its ceremony is over.
  delete factor.sealedPhase;
  return {
    challengeType: factor.type,
    phoneNumber: '',
    ...phoneNumberOf(factor),
    factors: withFactor(row?.factors ?? [], factor),
    pendingFactors: [],
    authEpoch: (row?.authEpoch ?? 0) + 1,
  };
}

/**
 * MFA off: no factor, no number, no backup code is left, and every session of the time before is dead. The failures in a
 * row go too: they were guesses at secrets that are gone, and would keep a locked-out owner from enrolling again. The
 * rolling limits stay, or turning MFA on and off would wash them away.
 */
export function turnedOff({ authEpoch }: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return {
    challengeType: DISABLED,
    phoneNumber: '',
    factors: [],
    pendingFactors: [],
    authEpoch: authEpoch + 1,
    ...NO_FAILURES,
  };
}

/** MFA off by an administrator, who lets the user start over: the rolling limits go as well. */
export function forgotten(row: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return { ...turnedOff(row), codeArrival: NEVER, backupArrival: NEVER };
}

/**
 * No lock and no failure in a row; the rolling limits stay. A requested factor that a lock has ended is dropped, or it would
 * live again: its code was guessed at.
 */
export function unlocked({ pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return { pendingFactors: pendingFactors.filter(({ createdAt }) => createdAt >= codeLockedUntil), ...NO_FAILURES };
}

const NO_FAILURES = { codeFailures: 0, codeLockedUntil: NEVER, backupFailures: 0, backupLockedUntil: NEVER };

function phoneNumberOf({ phoneNumber }: Factor): MultiFactorAuthChange {
  return phoneNumber === undefined ? {} : { phoneNumber };
}
