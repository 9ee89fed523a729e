import { type Allowance, furthestOf, momentOf, type Quota, refillOf } from './rate-limit.js';

/** A statement over `mfa_rate_limit`: its constant text (see `Rows`) and the values of its places. */
export interface RateLimitStatement {
  text: string;
  values: (string | number)[];
}

/** The limit of a quota that only counts: the largest value of the column. */
export const COUNT_ONLY = 2 ** 31 - 1;

/** A quota of one row. */
export interface QuotaTaking {
  id: string;
  limit: Quota;
}

// `+ 0`, because PostgreSQL otherwise prefers the purge's index on `expires_at` over the primary key once its statistics are older
// than the rows, and then reads every row that is about to expire.
const HAS_ROOM = '{id} = ? AND {expiresAt} + 0 <= ?';

/** Takes one from an allowance, if one is left. MariaDB evaluates SET from left to right. */
export function takeOfAllowance(id: string, limit: Allowance, now: Date): RateLimitStatement {
  const [at, refill] = [momentOf(limit, now), refillOf(limit)];
  return {
    text: `UPDATE {table} SET {expiresAt} = CASE WHEN {expiresAt} > ? THEN {expiresAt} + ? ELSE 0 * {expiresAt} + ? END WHERE ${HAS_ROOM}`,
    values: [at, refill, at + refill, id, furthestOf(limit, now)],
  };
}

/** Checks that one is left. It flips a bit that a note (`noteOf`) does not use, because drivers do not count an unchanged row. */
export function confirmAllowance(id: string, limit: Allowance, now: Date): RateLimitStatement {
  return {
    text: `UPDATE {table} SET {taken} = {taken} + 1 - 2 * ({taken} % 2) WHERE ${HAS_ROOM}`,
    values: [id, furthestOf(limit, now)],
  };
}

/** Takes one from each of these quotas that has one left, in one statement. */
export function takeOfQuotas(takings: readonly QuotaTaking[], now: Date): RateLimitStatement {
  const at = now.getTime();
  // Always in the same order, so that two statements do not wait for each other's rows.
  const sorted = takings.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const each = (value: (limit: Quota) => number) => sorted.flatMap(({ id, limit }) => [id, value(limit)]);
  const cases = sorted.map(() => 'WHEN ? THEN ?').join(' ');
  const places = sorted.map(() => '?').join(', ');
  return {
    text:
      'UPDATE {table} SET {taken} = CASE WHEN {expiresAt} <= ? THEN 1 ELSE {taken} + 1 END, ' +
      `{expiresAt} = CASE WHEN {expiresAt} <= ? THEN 0 * {expiresAt} + CASE {id} ${cases} ELSE 0 * {expiresAt} END ELSE {expiresAt} END ` +
      `WHERE {id} IN (${places}) AND ({expiresAt} <= ? OR {taken} < CASE {id} ${cases} ELSE 0 END)`,
    values: [
      at,
      at,
      ...each(({ windowSeconds }) => at + windowSeconds * 1000),
      ...sorted.map(({ id }) => id),
      at,
      // PostgreSQL refuses to compare a column with a number that it cannot hold.
      ...each(({ most }) => Math.min(most, COUNT_ONLY)),
    ],
  };
}
