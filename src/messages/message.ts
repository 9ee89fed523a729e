import type { Purpose } from '../core/purpose.js';
import type { Word } from '../core/words.js';
import type { MessageDecision } from '../limits/message-budget.js';
import type { SentMessage } from '../store/factor.js';

/** A message of a challenge. Each destination has limits. During a cooldown, a message for the same purpose is not sent. */
export interface Message {
  /** The phone number or address, which counts the messages. The module keeps a keyed hash of it. */
  destination: string;
  /** Groups messages of the same cost, e.g. by the phone's country. Without it, no limit of a country applies. */
  country?: string;
  /** When its code is worthless. Default: that of a code by `codeFor`. */
  expiresAt?: Date;
  /** The error code for the user if sending fails or takes too long. Default: `challenge_failed`. */
  failure?: Word;
  /** Sends it. @param signal aborts when the time for sending is over */
  send(signal: AbortSignal): Promise<void>;
}

/** What a message is for, who asked for it, and from which network. */
export interface MessageContext {
  userId: string;
  factorId: string;
  challengeType: string;
  purpose: Purpose;
  network: string;
  /** Whether the user has signed in from there. */
  isKnownNetwork: boolean;
  now: Date;
  /** When a code of this moment is worthless. */
  expiresAt: Date;
  /** Whether the ceremony is its message and nothing else. */
  isAlone?: boolean;
}

/** A message and the decision over a user's row. If the row has room, `sentMessages` ends with this message. */
export interface PlannedMessage {
  message: Message;
  context: MessageContext;
  decision: MessageDecision;
  /** The note of this message. */
  noted: SentMessage;
  sentMessages: SentMessage[];
}
