import { HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import type { AttemptOptions } from './attempt-options.js';

/** The limits of one kind of proof, and the columns that count it. */
export interface AttemptBudget {
  kind: 'code' | 'backup';
  /** Seconds of the lock after each wrong proof in a row, from the `freeFailures`th on. The last one repeats. */
  lockSeconds: readonly number[];
  freeFailures: number;
  /** Wrong proofs in a row after which only another factor or an administrator helps. */
  maxFailures: number;
  /** The rolling limit, which a success does not reset: so many at once, and one more each `refillSeconds`. */
  burst: number;
  refillSeconds: number;
}

const LOCK_SECONDS = [30, 60, 120, 240, 480, 900, 1800, 3600];

/** Factors: 5 wrong proofs in a row, then locks. In the long run 50 in 30 days; a success does not reset this. */
export function factorBudget({ freeFailures, maxFailures }: AttemptOptions): AttemptBudget {
  return { kind: 'code', lockSeconds: LOCK_SECONDS, freeFailures, maxFailures, burst: 50, refillSeconds: 51_840 };
}

/** Recovery: 10 wrong proofs, and one more each hour. */
export function recoveryBudget({ maxFailures }: AttemptOptions): AttemptBudget {
  return { kind: 'backup', lockSeconds: [], freeFailures: maxFailures, maxFailures, burst: 10, refillSeconds: 3600 };
}

/** Returns the seconds until a proof is judged again, 0 if it is now. */
export function lockedSeconds(row: AbstractMultiFactorAuth, budget: AttemptBudget, now: Date): number {
  const { kind, burst, refillSeconds, maxFailures } = budget;
  // Only another factor or an administrator ends this lock. An hour is a reasonable time to ask again.
  if (row[`${kind}Failures`] >= maxFailures) return HOUR;
  const refilled = secondsAfter(row[`${kind}Arrival`], -refillSeconds * (burst - 1));
  return Math.max(secondsUntil(now, row[`${kind}LockedUntil`]), secondsUntil(now, refilled));
}

/**
 * Returns the outcomes that were told in a row. A right proof is one of them. It does not end the row for the rest of its burst, or a
 * burst with the right one in it would be told twice as many as one without.
 * @param burst the factor whose right proof was of the same burst, if one was
 */
export function toldInARow(row: AbstractMultiFactorAuth, { kind }: AttemptBudget, burst?: Factor): number {
  return row[`${kind}Failures`] + (burst?.toldInARow?.[kind] ?? 0);
}

/** Returns what a wrong proof changes, and whether it locks. */
export function countFailure(
  row: AbstractMultiFactorAuth,
  budget: AttemptBudget,
  now: Date,
): { change: MultiFactorAuthChange; locks: boolean } {
  const { kind, refillSeconds } = budget;
  const [failures, arrival] = [row[`${kind}Failures`] + 1, row[`${kind}Arrival`]];
  const change = {
    [`${kind}Failures`]: failures,
    [`${kind}LockedUntil`]: lockAfter(row, budget, now),
    [`${kind}Arrival`]: secondsAfter(arrival > now ? arrival : now, refillSeconds),
  };
  return { change, locks: lockedSeconds({ ...row, ...change } as AbstractMultiFactorAuth, budget, now) > 0 };
}

/** Returns what a right proof changes: it ends locks and failures in a row. With `paid`, it gets its own payment back. */
export function settle(
  row: AbstractMultiFactorAuth,
  { kind, refillSeconds }: AttemptBudget,
  paid = false,
): MultiFactorAuthChange {
  return {
    codeFailures: 0,
    codeLockedUntil: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
    // Its own only: a success must not wash earlier failures away.
    ...(paid && { [`${kind}Arrival`]: secondsAfter(row[`${kind}Arrival`], -refillSeconds) }),
  };
}

/** Says whether wrong proofs have locked the user since the last right one. */
export function wasLocked({ codeLockedUntil, backupLockedUntil }: AbstractMultiFactorAuth): boolean {
  return codeLockedUntil > NEVER || backupLockedUntil > NEVER;
}

function lockAfter(row: AbstractMultiFactorAuth, { kind, lockSeconds, freeFailures }: AttemptBudget, now: Date): Date {
  const step = row[`${kind}Failures`] + 1 - freeFailures;
  if (step < 0 || lockSeconds.length === 0) return row[`${kind}LockedUntil`];
  return secondsAfter(now, lockSeconds[Math.min(step, lockSeconds.length - 1)]!);
}
