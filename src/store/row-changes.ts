import { DISABLED, NEVER, type AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';
import type { Factor } from './factor.js';
import type { MultiFactorAuthChange } from './multi-factor-auth.store.js';

/** The factors with this one in its old one's place, or added. */
export function withFactor(factors: readonly Factor[], changed: Factor): Factor[] {
  return [...factors.filter(({ id }) => id !== changed.id), changed];
}

/**
 * MFA off: no factor, no number, no backup code is left, and every session of the time before is dead. The failures in a
 * row go too: they were guesses at secrets that are gone, and would keep a locked-out owner from enrolling anew. The
 * rolling limits stay, or turning MFA on and off would wash them away.
 */
export function turnedOff({ authEpoch }: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return {
    challengeType: DISABLED,
    phoneNumber: '',
    factors: [],
    pendingFactors: [],
    authEpoch: authEpoch + 1,
    codeFailures: 0,
    codeLockedUntil: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
  };
}

/** MFA off by an administrator, who lets the user begin anew: the rolling limits go as well. */
export function forgotten(record: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return { ...turnedOff(record), codeArrival: NEVER, backupArrival: NEVER };
}

/**
 * No lock and no failure in a row; the rolling limits stay. A requested factor that a lock has ended is dropped, or it would
 * live again: its code was guessed at.
 */
export function unlocked({ pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return {
    pendingFactors: pendingFactors.filter(({ createdAt }) => createdAt >= codeLockedUntil),
    codeFailures: 0,
    codeLockedUntil: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
  };
}
