import { secondsUntil } from '../core/clock.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';

/** So many at once, and one more each `refillSeconds` (GCRA in one column). */
export interface Allowance {
  burst: number;
  refillSeconds: number;
}

/** At most so many in a window, which begins with the first. */
export interface Quota {
  most: number;
  windowSeconds: number;
}

export type RateLimit = Allowance | Quota;

/** The columns of a limit as SQL names them. */
export type RateLimitColumns = Record<'taken' | 'expiresAt', string>;

type Expressions = Record<string, () => string>;

/** Seconds until something can be taken, 0 if it can now. */
export function waitingSeconds(row: MfaRateLimit | undefined, limit: RateLimit, now: Date): number {
  if (!row || row.expiresAt <= now) return 0;
  if (isQuota(limit)) return row.taken < limit.most ? 0 : secondsUntil(now, row.expiresAt);
  return secondsUntil(now, new Date(row.expiresAt.getTime() - refillOf(limit) * (limit.burst - 1)));
}

/** What a limit is kept as when the first is taken. */
export function firstOf(limit: RateLimit, now: Date): Pick<MfaRateLimit, 'taken' | 'expiresAt'> {
  const lasts = isQuota(limit) ? limit.windowSeconds * 1000 : refillOf(limit);
  return { taken: 1, expiresAt: new Date(now.getTime() + lasts) };
}

/** What taking one changes. MariaDB evaluates SET from left to right: what depends on the time stands before it. */
export function oneMore(limit: RateLimit, { taken, expiresAt }: RateLimitColumns, now: Date): Expressions {
  const at = now.getTime();
  // A sum with the column, or PostgreSQL takes a bare number for an int4.
  const from = (milliseconds: number) => `${at + milliseconds} + 0 * ${expiresAt}`;
  if (isQuota(limit)) {
    return {
      taken: () => `CASE WHEN ${expiresAt} <= ${at} THEN 1 ELSE ${taken} + 1 END`,
      expiresAt: () => `CASE WHEN ${expiresAt} <= ${at} THEN ${from(limit.windowSeconds * 1000)} ELSE ${expiresAt} END`,
    };
  }
  const more = refillOf(limit);
  return {
    expiresAt: () => `CASE WHEN ${expiresAt} > ${at} THEN ${expiresAt} + ${more} ELSE ${from(more)} END`,
  };
}

/** What changes when none is taken: a row that stays as it is counts as none where the driver says so. */
export function touched({ taken }: RateLimitColumns): Expressions {
  return { taken: () => `(${taken} + 1) % 1000` };
}

/** Where there is one left. */
export function hasRoom(limit: RateLimit, { taken, expiresAt }: RateLimitColumns, now: Date): string {
  const at = now.getTime();
  return isQuota(limit)
    ? `(${expiresAt} <= ${at} OR ${taken} < ${limit.most})`
    : `${expiresAt} <= ${at + refillOf(limit) * (limit.burst - 1)}`;
}

function isQuota(limit: RateLimit): limit is Quota {
  return 'most' in limit;
}

/** Milliseconds until one more, in whole ones: SQL would round them its own way. */
function refillOf({ refillSeconds }: Allowance): number {
  return Math.round(refillSeconds * 1000);
}
