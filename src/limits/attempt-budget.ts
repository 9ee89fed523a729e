import { HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import { NO_FAILURES } from '../store/row-changes.js';
import type { AttemptOptions } from './attempt-options.js';

/**
 * The counts of wrong proofs in a user's row. `known…` counts those from networks that the user has signed in from: an attacker
 * elsewhere who has the password cannot lock the owner there.
 */
type Count = 'code' | 'backup' | 'knownCode' | 'knownBackup';

const COUNTS: readonly Count[] = ['code', 'backup', 'knownCode', 'knownBackup'];

/** The limits of one kind of proof from one kind of network, and the columns that count it. */
export interface AttemptBudget {
  /** The rolling limit, shared by all networks. */
  kind: 'code' | 'backup';
  /** Wrong proofs in a row and their lock. */
  count: Count;
  /** Seconds of lock after the `freeFailures`th wrong proof in a row, the next one, and so on. The last value repeats. */
  lockSeconds: readonly number[];
  freeFailures: number;
  /** Wrong proofs in a row after which only another factor or an administrator helps. */
  maxFailures: number;
  /**
   * The rolling limit, which a success does not reset: `burst` at once, and one more each `refillSeconds`. New networks may not use all
   * of it (`RESERVED`).
   */
  burst: number;
  refillSeconds: number;
}

const LOCK_SECONDS = [30, 60, 120, 240, 480, 900, 1800, 3600];

/** Attempts of the rolling limit that only known networks may use. */
const RESERVED = { code: 10, backup: 3 };

/** Returns the limits of factors: `freeFailures` wrong proofs in a row, then locks, and 50 in 30 days, which no success resets. */
export function factorBudget({ freeFailures, maxFailures }: AttemptOptions): AttemptBudget {
  const [kind, lockSeconds] = ['code', LOCK_SECONDS] as const;
  return { kind, count: kind, lockSeconds, freeFailures, maxFailures, burst: 50, refillSeconds: 51_840 };
}

/** Returns the limits of recovery: 10 wrong proofs, and one more each hour. */
export function recoveryBudget({ maxFailures }: AttemptOptions): AttemptBudget {
  const [kind, lockSeconds] = ['backup', []] as const;
  return { kind, count: kind, lockSeconds, freeFailures: maxFailures, maxFailures, burst: 10, refillSeconds: 3600 };
}

/** Returns a budget as it applies to networks that the user has signed in from. */
export function ofKnownNetworks(budget: AttemptBudget): AttemptBudget {
  return { ...budget, count: budget.kind === 'code' ? 'knownCode' : 'knownBackup' };
}

/** Returns a budget as it applies to other networks. */
export function ofNewNetworks(budget: AttemptBudget): AttemptBudget {
  return { ...budget, burst: budget.burst - RESERVED[budget.kind] };
}

/** Returns the seconds until a proof is judged again, 0 if it is now. */
export function lockedSeconds(row: AbstractMultiFactorAuth, budget: AttemptBudget, now: Date): number {
  const { kind, count, burst, refillSeconds, maxFailures } = budget;
  // Only another factor or an administrator ends this lock. An hour is a reasonable time to ask again.
  if (row[`${count}Failures`] >= maxFailures) return HOUR;
  const refilled = secondsAfter(row[`${kind}Arrival`], -refillSeconds * (burst - 1));
  return Math.max(secondsUntil(now, row[`${count}LockedUntil`]), secondsUntil(now, refilled));
}

/**
 * Counts the outcomes that were told in a row, including a right proof of the same burst. If a right proof started the count again, a
 * burst that contains one would be told twice as many outcomes as another.
 * @param burst the factor whose right proof was in the same burst, if one was
 */
function toldInARow(row: AbstractMultiFactorAuth, count: Count, burst?: Factor): number {
  return row[`${count}Failures`] + (burst?.toldInARow?.[count] ?? 0);
}

/** Counts the outcomes told to a burst with a right proof, over both counts: that proof makes its network known in mid-burst. */
export function toldInBurst(row: AbstractMultiFactorAuth, budget: AttemptBudget, burst: Factor): number {
  const known = ofKnownNetworks(budget).count;
  return toldInARow(row, budget.kind, burst) + toldInARow(row, known, burst);
}

/** Returns what a wrong proof changes, and whether it locks. */
export function countFailure(
  row: AbstractMultiFactorAuth,
  budget: AttemptBudget,
  now: Date,
): { change: MultiFactorAuthChange; locks: boolean } {
  const { kind, count, refillSeconds } = budget;
  const [failures, arrival] = [row[`${count}Failures`] + 1, row[`${kind}Arrival`]];
  const change = {
    [`${count}Failures`]: failures,
    [`${count}LockedUntil`]: lockAfter(row, budget, now),
    [`${kind}Arrival`]: secondsAfter(arrival > now ? arrival : now, refillSeconds),
  };
  return { change, locks: lockedSeconds({ ...row, ...change } as AbstractMultiFactorAuth, budget, now) > 0 };
}

/** Returns what a right proof changes: it ends locks and failures in a row. If it was `paid`, its own payment is refunded. */
export function settle(
  row: AbstractMultiFactorAuth,
  { kind, refillSeconds }: AttemptBudget,
  paid = false,
): MultiFactorAuthChange {
  return {
    ...NO_FAILURES,
    // Only its own: a success must not erase earlier failures.
    ...(paid && { [`${kind}Arrival`]: secondsAfter(row[`${kind}Arrival`], -refillSeconds) }),
  };
}

/** Says whether wrong proofs have locked the user since the last right one. */
export function wasLocked(row: AbstractMultiFactorAuth): boolean {
  return COUNTS.some((count) => row[`${count}LockedUntil`] > NEVER);
}

/** Returns the number of outcomes that one burst was told, for each count. */
export function toldOfEach(row: AbstractMultiFactorAuth, burst?: Factor): Record<Count, number> {
  const told = COUNTS.map((count) => [count, toldInARow(row, count, burst)]);
  return Object.fromEntries(told) as Record<Count, number>;
}

function lockAfter(row: AbstractMultiFactorAuth, { count, lockSeconds, freeFailures }: AttemptBudget, now: Date): Date {
  const step = row[`${count}Failures`] + 1 - freeFailures;
  if (step < 0 || lockSeconds.length === 0) return row[`${count}LockedUntil`];
  return secondsAfter(now, lockSeconds[Math.min(step, lockSeconds.length - 1)]!);
}
