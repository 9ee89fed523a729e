import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { firstFull, firstOf, type FullLimit } from './rate-limit.js';
import { type QuotaTaking, takeOfQuotas } from './rate-limit-statements.js';
import { type RateLimits, TRIES } from './rate-limits.js';

/** What came of taking from rows that were seen. */
interface KnownTaking {
  /** The ids that were surely taken from. */
  taken: string[];
  /** The quotas whose rows are gone. */
  removed: QuotaTaking[];
  full: FullLimit | null;
}

/**
 * Takes one of each quota: one statement for the rows that were seen, one for those that were missing. If a quota has none left, what was
 * surely taken is given back. Of a burst beyond the limit, those that are refused may use up other quotas.
 * @returns the first quota that had none left, or null
 */
export async function takeAtOnce(
  limits: RateLimits,
  quotas: readonly QuotaTaking[],
  seen: ReadonlyMap<string, MfaRateLimit>,
  now: Date,
): Promise<FullLimit | null> {
  const taken: string[] = [];
  let [missing, rows] = [quotas, seen];
  for (let tries = TRIES; tries > 0 && missing.length > 0; tries--) {
    const [known, fresh] = [missing.filter(({ id }) => rows.has(id)), missing.filter(({ id }) => !rows.has(id))];
    const { full, removed, ...more } = await takeKnown(limits, known, now);
    taken.push(...more.taken);
    if (full) return refused(limits, taken, full);
    const isMade = await limits.create(...fresh.map(({ id, limit }) => ({ id, ...firstOf(limit, now) })));
    if (isMade) taken.push(...fresh.map(({ id }) => id));
    missing = isMade ? removed : [...removed, ...fresh];
    if (missing.length > 0) rows = await limits.find(missing.map(({ id }) => id));
  }
  return missing[0] ? refused(limits, taken, { id: missing[0].id, retryAfterSeconds: 1 }) : null;
}

async function refused(limits: RateLimits, taken: readonly string[], full: FullLimit): Promise<FullLimit> {
  if (taken.length > 0) await limits.giveBack(...taken);
  return full;
}

// Concurrent requests may have taken the last of a quota since its row was seen, or a purge may have removed the row.
async function takeKnown(limits: RateLimits, known: readonly QuotaTaking[], now: Date): Promise<KnownTaking> {
  const ids = known.map(({ id }) => id);
  const count = known.length > 0 ? await limits.apply(takeOfQuotas(known, now)) : 0;
  if (count === known.length) return { taken: ids, removed: [], full: null };
  const rows = await limits.find(ids);
  const [present, removed] = [known.filter(({ id }) => rows.has(id)), known.filter(({ id }) => !rows.has(id))];
  if (count >= present.length) return { taken: present.map(({ id }) => id), removed, full: null };
  // Nobody knows which were taken: since the statement, one may have been filled, and another may have got room. So they count, or a place
  // of another message would be given back. If none is full now, one was full for the statement.
  return { taken: [], removed, full: firstFull(known, rows, now) ?? { id: ids[0]!, retryAfterSeconds: 1 } };
}
