import { HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import { NO_FAILURES } from '../store/row-changes.js';
import type { AttemptOptions } from './attempt-options.js';

/**
 * What is counted in a row. `known…` are the wrong proofs from networks that the user has signed in from. They are counted apart, so that
 * somebody elsewhere who has the password cannot lock the owner there.
 */
export type Count = 'code' | 'backup' | 'knownCode' | 'knownBackup';

const COUNTS: readonly Count[] = ['code', 'backup', 'knownCode', 'knownBackup'];

/** The limits of one kind of proof from one kind of network, and the columns that count it. */
export interface AttemptBudget {
  /** The rolling limit, which is one for all networks. */
  kind: 'code' | 'backup';
  /** Wrong proofs in a row and their lock. */
  count: Count;
  /** Seconds of the lock after each wrong proof in a row, from the `freeFailures`th on. The last one repeats. */
  lockSeconds: readonly number[];
  freeFailures: number;
  /** Wrong proofs in a row after which only another factor or an administrator helps. */
  maxFailures: number;
  /**
   * The rolling limit, which a success does not reset: so many at once, and one more each `refillSeconds`. New networks may not use the
   * last part of it.
   */
  burst: number;
  refillSeconds: number;
}

const LOCK_SECONDS = [30, 60, 120, 240, 480, 900, 1800, 3600];

/** What new networks leave to those that the user has signed in from, of all codes and of all backup codes. */
const RESERVED = { code: 10, backup: 3 };

/** Factors: 5 wrong proofs in a row, then locks. In the long run 50 in 30 days; a success does not reset this. */
export function factorBudget({ freeFailures, maxFailures }: AttemptOptions): AttemptBudget {
  const [kind, lockSeconds] = ['code', LOCK_SECONDS] as const;
  return { kind, count: kind, lockSeconds, freeFailures, maxFailures, burst: 50, refillSeconds: 51_840 };
}

/** Recovery: 10 wrong proofs, and one more each hour. */
export function recoveryBudget({ maxFailures }: AttemptOptions): AttemptBudget {
  const [kind, lockSeconds] = ['backup', []] as const;
  return { kind, count: kind, lockSeconds, freeFailures: maxFailures, maxFailures, burst: 10, refillSeconds: 3600 };
}

/** Returns the part of a budget that networks have which the user has signed in from. */
export function ofKnownNetworks(budget: AttemptBudget): AttemptBudget {
  return { ...budget, count: budget.kind === 'code' ? 'knownCode' : 'knownBackup' };
}

/** Returns the part that other networks have. */
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
 * Returns the outcomes that were told in a row. A right proof is one of them. It does not end the row for the rest of its burst, or a
 * burst with the right one in it would be told twice as many as one without.
 * @param burst the factor whose right proof was of the same burst, if one was
 */
function toldInARow(row: AbstractMultiFactorAuth, count: Count, burst?: Factor): number {
  return row[`${count}Failures`] + (burst?.toldInARow?.[count] ?? 0);
}

/** Returns the outcomes that a burst with a right proof was told. That proof makes its network known, in the middle of the burst. */
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

/** Returns what a right proof changes: it ends locks and failures in a row. With `paid`, it gets its own payment back. */
export function settle(
  row: AbstractMultiFactorAuth,
  { kind, refillSeconds }: AttemptBudget,
  paid = false,
): MultiFactorAuthChange {
  return {
    ...NO_FAILURES,
    // Its own only: a success must not wash earlier failures away.
    ...(paid && { [`${kind}Arrival`]: secondsAfter(row[`${kind}Arrival`], -refillSeconds) }),
  };
}

/** Says whether wrong proofs have locked the user since the last right one. */
export function wasLocked(row: AbstractMultiFactorAuth): boolean {
  return COUNTS.some((count) => row[`${count}LockedUntil`] > NEVER);
}

/** Returns what requests of one burst were told, by what is counted. */
export function toldOfEach(row: AbstractMultiFactorAuth, burst?: Factor): Record<Count, number> {
  const told = COUNTS.map((count) => [count, toldInARow(row, count, burst)]);
  return Object.fromEntries(told) as Record<Count, number>;
}

function lockAfter(row: AbstractMultiFactorAuth, { count, lockSeconds, freeFailures }: AttemptBudget, now: Date): Date {
  const step = row[`${count}Failures`] + 1 - freeFailures;
  if (step < 0 || lockSeconds.length === 0) return row[`${count}LockedUntil`];
  return secondsAfter(now, lockSeconds[Math.min(step, lockSeconds.length - 1)]!);
}
