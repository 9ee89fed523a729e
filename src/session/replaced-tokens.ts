import { secondsAfter } from '../core/clock.js';
import { sameText } from '../crypto/keyed-hash.js';

/** How many of a session are remembered. A client that replaces more within the time of a race is not two tabs. */
const MOST = 8;

/** The refresh tokens of a session that were replaced a moment ago: each as its hash and the millisecond, `hash@time`. */
type ReplacedTokens = readonly string[];

/** Returns the remembered tokens with one that is replaced now, and without those that came too long ago. */
export function withReplaced(known: ReplacedTokens, refreshHash: string, now: Date, raceSeconds: number): string[] {
  const added = [...known, `${refreshHash}@${now.getTime()}`];
  return added.filter((one) => isRecent(one, now, raceSeconds)).slice(-MOST);
}

/** Says whether a token, by its possible hashes, is one that another request of the same client replaced a moment ago. */
export function lostRace(known: ReplacedTokens, hashes: readonly string[], now: Date, raceSeconds: number): boolean {
  return known
    .filter((one) => isRecent(one, now, raceSeconds))
    .some((one) => hashes.some((hash) => sameText(hash, one.split('@')[0]!)));
}

// In both directions: the clock of another instance may be ahead, and one that was set back must not stretch the time.
function isRecent(replaced: string, now: Date, raceSeconds: number): boolean {
  const at = new Date(Number(replaced.split('@')[1]));
  return raceSeconds > 0 && secondsAfter(now, -raceSeconds) <= at && at <= secondsAfter(now, raceSeconds);
}
