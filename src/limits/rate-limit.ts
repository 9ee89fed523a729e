import { secondsUntil } from '../core/clock.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';

/** `burst` at once, and one more each `refillSeconds` (GCRA in one column). */
export interface Allowance {
  burst: number;
  refillSeconds: number;
}

/** At most `most` in a window, which begins with the first. */
export interface Quota {
  most: number;
  windowSeconds: number;
}

export type RateLimit = Allowance | Quota;

/** Returns the seconds until one can be taken, 0 if it can now. */
export function waitingSeconds(row: MfaRateLimit | undefined, limit: RateLimit, now: Date): number {
  if (!row || row.expiresAt <= now) return 0;
  if (isQuota(limit)) return row.taken < limit.most ? 0 : secondsUntil(now, row.expiresAt);
  return secondsUntil(now, new Date(row.expiresAt.getTime() - refillOf(limit) * (limit.burst - 1)));
}

/** Returns how many of an allowance are taken and have not refilled. */
export function takenOf(row: MfaRateLimit | undefined, limit: Allowance, now: Date): number {
  return row && row.expiresAt > now ? Math.ceil((row.expiresAt.getTime() - now.getTime()) / refillOf(limit)) : 0;
}

/** Returns the first of these limits that has none left and the seconds until it has one, or null. */
export function firstFull(
  limits: readonly { id: string; limit: RateLimit }[],
  rows: ReadonlyMap<string, MfaRateLimit>,
  now: Date,
): { id: string; retryAfterSeconds: number } | null {
  for (const { id, limit } of limits) {
    const retryAfterSeconds = waitingSeconds(rows.get(id), limit, now);
    if (retryAfterSeconds > 0) return { id, retryAfterSeconds };
  }
  return null;
}

/** Returns a limit's row after its first taking. */
export function firstOf(limit: RateLimit, now: Date): Pick<MfaRateLimit, 'taken' | 'expiresAt'> {
  const lasts = isQuota(limit) ? limit.windowSeconds * 1000 : refillOf(limit);
  return { taken: 1, expiresAt: new Date(now.getTime() + lasts) };
}

/** Returns the latest end of an allowance that has one left. */
export function furthestOf(limit: Allowance, now: Date): number {
  return now.getTime() + refillOf(limit) * (limit.burst - 1);
}

/** Returns the latest moment that a limit's row can have now. A later one was written while the clock was ahead. */
export function latestOf(limit: RateLimit, now: Date): Date {
  const lasts = isQuota(limit) ? limit.windowSeconds * 1000 : refillOf(limit) * limit.burst;
  return new Date(now.getTime() + lasts);
}

/** Says whether a limit counts in a window. */
export function isQuota(limit: RateLimit): limit is Quota {
  return 'most' in limit;
}

/** Returns the milliseconds until one more. They are whole, because SQL would round them in another way. */
export function refillOf({ refillSeconds }: Allowance): number {
  return Math.round(refillSeconds * 1000);
}
