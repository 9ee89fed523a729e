import { secondsUntil } from '../core/clock.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';

/** `burst` at once, and one more each `refillSeconds` (GCRA in one column). */
export interface Allowance {
  burst: number;
  refillSeconds: number;
  /** Seconds for which the row of a refilled allowance stays, for a note in `taken`. Its `expiresAt` is later by these seconds. */
  staysSeconds?: number;
}

/** At most `most` in a window, which begins at the first one. */
export interface Quota {
  most: number;
  windowSeconds: number;
}

export type RateLimit = Allowance | Quota;

/** Returns the seconds until one can be taken, 0 if it can now. */
export function waitingSeconds(row: MfaRateLimit | undefined, limit: RateLimit, now: Date): number {
  const at = new Date(momentOf(limit, now));
  if (!row || row.expiresAt <= at) return 0;
  if (isQuota(limit)) return row.taken < limit.most ? 0 : secondsUntil(at, row.expiresAt);
  return secondsUntil(at, new Date(row.expiresAt.getTime() - refillOf(limit) * (limit.burst - 1)));
}

/** Returns how many of an allowance are taken and have not refilled. */
export function takenOf(row: MfaRateLimit | undefined, limit: Allowance, now: Date): number {
  const left = row ? row.expiresAt.getTime() - momentOf(limit, now) : 0;
  return Math.max(0, Math.ceil(left / refillOf(limit)));
}

/** A limit that has none left, and the seconds until it has one. */
export interface FullLimit {
  id: string;
  retryAfterSeconds: number;
}

/** Returns the first of these limits that has none left and the seconds until it has one, or null. */
export function firstFull(
  limits: readonly { id: string; limit: RateLimit }[],
  rows: ReadonlyMap<string, MfaRateLimit>,
  now: Date,
): FullLimit | null {
  for (const { id, limit } of limits) {
    const retryAfterSeconds = waitingSeconds(rows.get(id), limit, now);
    if (retryAfterSeconds > 0) return { id, retryAfterSeconds };
  }
  return null;
}

/** Returns a limit's row after its first taking. */
export function firstOf(limit: RateLimit, now: Date): Pick<MfaRateLimit, 'taken' | 'expiresAt'> {
  const lasts = isQuota(limit) ? limit.windowSeconds * 1000 : refillOf(limit);
  return { taken: 1, expiresAt: new Date(momentOf(limit, now) + lasts) };
}

/** Returns the latest end of an allowance that has one left. */
export function furthestOf(limit: Allowance, now: Date): number {
  return momentOf(limit, now) + refillOf(limit) * (limit.burst - 1);
}

/** Returns the latest moment that a limit's row can have now. A later one was written while the clock was ahead. */
export function latestOf(limit: RateLimit, now: Date): Date {
  const lasts = isQuota(limit) ? limit.windowSeconds * 1000 : refillOf(limit) * limit.burst;
  return new Date(momentOf(limit, now) + lasts);
}

/** Says whether a limit counts in a window. */
export function isQuota(limit: RateLimit): limit is Quota {
  return 'most' in limit;
}

/** Returns the moment that a row's time is compared with: now, unless the row stays longer. */
export function momentOf(limit: RateLimit, now: Date): number {
  return now.getTime() + (isQuota(limit) ? 0 : (limit.staysSeconds ?? 0) * 1000);
}

/** Returns the milliseconds until one more, rounded here because databases round differently. */
export function refillOf({ refillSeconds }: Allowance): number {
  return Math.round(refillSeconds * 1000);
}

/** Notes count seconds from 2020, so that twice their number fits into `taken` for decades. */
const NOTES_BEGIN = Date.UTC(2020) / 1000;

/** Returns a moment as `taken` keeps it. Its last bit is left to the writes that must change the row. */
export function noteOf(moment: Date): number {
  return 2 * (Math.floor(moment.getTime() / 1000) - NOTES_BEGIN);
}

/** Returns the moment that was noted in a row. */
export function notedIn({ taken }: MfaRateLimit): Date {
  return new Date((Math.floor(taken / 2) + NOTES_BEGIN) * 1000);
}
