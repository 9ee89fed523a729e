import { secondsAfter } from '../core/clock.js';
import type { SentMessage } from '../store/factor.js';
import type { CountedMessage, MessageRefusal } from './message-budget.js';

/** Seconds for which a refusal is repeated without another decision. */
const REMEMBERED_SECONDS = 60;

/** A refused message, and when it was refused. */
type Refused = Pick<SentMessage, 'destination' | 'purpose' | 'factorId' | 'country' | 'failure' | 'isAlone'> & {
  sentAt: Date;
};

/** Returns the messages with a note of a refusal, which replaces one by the same limit for the same purpose. */
export function withRefusal(
  sent: readonly SentMessage[],
  refused: Refused,
  { limit, retryAfterSeconds }: MessageRefusal,
): SentMessage[] {
  const others = sent.filter(({ refusedBy, purpose }) => refusedBy !== limit || purpose !== refused.purpose);
  return [...others, { ...refused, refusedBy: limit, refusedUntilAt: secondsAfter(refused.sentAt, retryAfterSeconds) }];
}

/** Returns the note of the last refusal for a purpose that is still in force. */
export function lastRefusal(
  sent: readonly SentMessage[],
  { purpose, now }: Pick<CountedMessage, 'purpose' | 'now'>,
  limits: (limit: string) => boolean,
): SentMessage | undefined {
  return sent.findLast(
    ({ refusedBy, refusedUntilAt, sentAt, ...message }) =>
      refusedBy !== undefined &&
      limits(refusedBy) &&
      message.purpose === purpose &&
      refusedUntilAt! > now &&
      secondsAfter(sentAt, REMEMBERED_SECONDS) > now,
  );
}
