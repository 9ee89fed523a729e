import type { Purpose } from '../core/purpose.js';
import type { Word } from '../core/words.js';
import type { MessageDecision } from '../limits/message-budget.js';
import type { SentMessage } from '../store/factor.js';

/** A message that a challenge wants sent. Each destination has its limits; the same one within the cooldown sends nothing. */
export interface Message {
  /** The phone number or address, by which messages are counted. It is kept as a keyed hash. */
  destination: string;
  /** What messages that cost alike are counted by, e.g. the country of a phone. Without it, no country's limit holds. */
  country?: string;
  /** What the user is told when it fails or takes too long. Default: `challenge_failed`. */
  failure?: Word;
  /** Sends it. @param signal aborts when the time for sending is over */
  send(signal: AbortSignal): Promise<void>;
}

/** What a message is for, and who asked for it from where. */
export interface MessageContext {
  userId: string;
  factorId: string;
  challengeType: string;
  purpose: Purpose;
  network: string;
  now: Date;
}

/** A message and what a user's row says of it: with the message as its last one, if the row has room for it. */
export interface PlannedMessage {
  message: Message;
  context: MessageContext;
  decision: MessageDecision;
  sentMessages: SentMessage[];
}
