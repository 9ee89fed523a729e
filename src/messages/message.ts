import type { Word } from '../core/words.js';

/** A message that a challenge sends. Each destination has its limits; the same one within the cooldown sends nothing. */
export interface Delivery {
  /** The phone number or address, by which messages are counted. It is kept as a keyed hash. */
  destination: string;
  /** What messages that cost alike are counted by, e.g. the country of a phone. Without it, no country's limit holds. */
  country?: string;
  /** What the user is told when it fails or takes too long. Default: `challenge_failed`. */
  failure?: Word;
  /** Sends it. @param signal aborts when the time for sending is over */
  send(signal: AbortSignal): Promise<void>;
}
