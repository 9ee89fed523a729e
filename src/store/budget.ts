import { NEVER } from './abstract-multi-factor-auth.js';

/** The limits of one kind of proof, and which columns count it. */
export interface Budget {
  kind: 'code' | 'backup';
  /** Seconds of the lock after each wrong proof in a row, from the `freeFailures`th on. The last one repeats. */
  lockSeconds: readonly number[];
  freeFailures: number;
  /** Wrong proofs in a row after which only another factor or an administrator helps. */
  maxFailures: number;
  /** The rolling limit, which a success does not wash away: so many at once, and one more each `refillSeconds`. */
  burst: number;
  refillSeconds: number;
}

/** The columns of a budget as SQL names them. */
export type BudgetColumns = Record<'failures' | 'lockedUntil' | 'arrival', string>;

type Expressions = Record<string, () => string>;

/** What one attempt takes. MariaDB evaluates SET from left to right: what depends on the count stands before it. */
export function taken(budget: Budget, columns: BudgetColumns, at: number): Expressions {
  const { failures, arrival } = columns;
  return {
    [`${budget.kind}LockedUntil`]: () => lockAfter(budget, columns, at),
    [`${budget.kind}Arrival`]: () =>
      `CASE WHEN ${arrival} > ${at} THEN ${arrival} ELSE ${at} + 0 * ${arrival} END + ${budget.refillSeconds * 1000}`,
    [`${budget.kind}Failures`]: () => `${failures} + 1`,
  };
}

/** Where an attempt is left: one that locks if it is refused, or with `locks: false` one before that. */
export function isOpen(budget: Budget, columns: BudgetColumns, { at, locks }: { at: number; locks: boolean }): string {
  const { failures, lockedUntil, arrival } = columns;
  const { burst, freeFailures, maxFailures } = budget;
  const refill = budget.refillSeconds * 1000;
  const isLast = `(${failures} >= ${freeFailures - 1} OR ${arrival} > ${at + refill * (burst - 2)})`;
  return [
    `${lockedUntil} <= ${at}`,
    `${failures} < ${maxFailures}`,
    `${arrival} <= ${at + refill * (burst - 1)}`,
    locks ? isLast : `NOT ${isLast}`,
  ].join(' AND ');
}

/** What giving one attempt back changes. */
export function returned(
  { kind, freeFailures, refillSeconds }: Budget,
  { failures, lockedUntil, arrival }: BudgetColumns,
): Expressions {
  return {
    [`${kind}LockedUntil`]: () =>
      `CASE WHEN ${failures} <= ${freeFailures} THEN 0 * ${lockedUntil} ELSE ${lockedUntil} END`,
    [`${kind}Arrival`]: () => `${arrival} - ${refillSeconds * 1000}`,
    // The one that won has set the count to 0 already, but has given back only its own attempt of the rolling limit.
    [`${kind}Failures`]: () => `CASE WHEN ${failures} > 0 THEN ${failures} - 1 ELSE ${failures} END`,
  };
}

/** What a right proof settles: locks and counts end, and its own attempt goes back. */
export function settled({ kind, refillSeconds }: Budget, { arrival }: BudgetColumns): object {
  return {
    // Only its own attempt goes back to the rolling limit: a success must not wash earlier failures away.
    [`${kind}Arrival`]: () => `${arrival} - ${refillSeconds * 1000}`,
    codeFailures: 0,
    codeLockedUntil: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
  };
}

/** The SQL for the end of the lock that the attempt being taken brings about, if it is refused. */
function lockAfter(
  { lockSeconds, freeFailures }: Budget,
  { failures, lockedUntil }: BudgetColumns,
  at: number,
): string {
  if (lockSeconds.length === 0) return lockedUntil;
  const steps = lockSeconds
    .slice(0, -1)
    .map((seconds, step) => `WHEN ${failures} = ${freeFailures - 1 + step} THEN ${at + seconds * 1000}`);
  const last = at + lockSeconds.at(-1)! * 1000;
  return `CASE WHEN ${failures} < ${freeFailures - 1} THEN ${lockedUntil} ${steps.join(' ')} ELSE ${last} + 0 * ${lockedUntil} END`;
}
