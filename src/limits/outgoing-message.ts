import type { MessageLimit } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';

/** When, for whom, for what and from where a message is asked for. */
export interface MessageContext {
  userId: string;
  purpose: Purpose;
  network: string;
  now: Date;
}

/** A message that is about to be sent. */
export interface OutgoingMessage {
  userId: string;
  /** A keyed hash. */
  destination: string;
  /** What messages are counted by where they cost the same, e.g. a country. */
  country?: string;
  /** Where it was asked for. */
  network: string;
  isEnrolment: boolean;
  now: Date;
}

/** Why a message does not go out, and for how long. */
export interface MessageRefusal {
  limit: MessageLimit;
  retryAfterSeconds: number;
}
