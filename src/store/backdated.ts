import { secondsAfter, TOLERATED_SECONDS } from '../core/clock.js';
import type { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';
import type { MultiFactorAuthChange } from './multi-factor-auth.store.js';

const MOMENTS = [
  'codeLockedUntil',
  'codeArrival',
  'backupLockedUntil',
  'backupArrival',
  'knownCodeLockedUntil',
  'knownBackupLockedUntil',
] as const;

/**
 * Returns what puts a row right that was written while the clock was ahead, or undefined for others. Its moments move back by as much as
 * its last change lies in the future. Otherwise a lock, a cooldown or a proof would last until the clock gets there. A used token stays
 * noted until its own end, which its seal keeps as it is: an earlier one would let it in a second time.
 */
export function backdated(row: AbstractMultiFactorAuth, now: Date): MultiFactorAuthChange | undefined {
  const ahead = (row.updatedAt.getTime() - now.getTime()) / 1000;
  // What a row waits for then ends a little later.
  if (ahead <= TOLERATED_SECONDS) return undefined;
  const back = (moment: Date) => (moment > now ? secondsAfter(moment, -ahead) : moment);
  const { factors, pendingFactors, sentMessages } = row;
  return {
    ...Object.fromEntries(MOMENTS.map((name) => [name, back(row[name])])),
    factors: factors.map((one) => withMoments(one, back)),
    pendingFactors: pendingFactors.map((one) => withMoments(one, back)),
    sentMessages: sentMessages.map((one) => withMoments(one, back)),
  };
}

function withMoments<Item extends object>(item: Item, back: (moment: Date) => Date): Item {
  const fields = Object.entries(item).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? back(value) : value,
  ]);
  return Object.fromEntries(fields) as Item;
}
