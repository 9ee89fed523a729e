import { DAY, HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import type { SentMessage } from '../store/factor.js';
import type { MessageRefusal } from './outgoing-message.js';
import type { MessageOptions } from './message-options.js';

/** Whether a message may go out: send it, keep quiet and answer as usual, or refuse because nothing was sent to answer for. */
export type MessageDecision = { kind: 'send' } | (MessageRefusal & { kind: 'quiet' | 'refuse' });

/** A message that is asked for. */
export interface MessageRequest {
  destination: string;
  purpose: Purpose;
  now: Date;
}

/** Decides over a message from those that the user was sent in the last day. */
export function decideMessage(
  sent: readonly SentMessage[],
  request: MessageRequest,
  options: MessageOptions,
): MessageDecision {
  const { now, destination, purpose } = request;
  const cooldownUntil = endOfCooldown(
    // A code that was used has ended its cooldown: without another, its owner could not sign in a second time. One that
    // was not sent has none: its owner waits for nothing. The limits below count both.
    sent.filter((m) => m.destination === destination && m.purpose === purpose && !m.answered && !m.failed),
    now,
    options,
  );
  if (cooldownUntil > now)
    return { kind: 'quiet', limit: 'cooldown', retryAfterSeconds: secondsUntil(now, cooldownUntil) };
  const messages = sent.filter((message) => message.purpose !== RENEWAL);
  const full = fullUntil(messages, now, HOUR, options.perHour) ?? fullUntil(messages, now, DAY, options.perDay);
  if (full) return { kind: 'quiet', limit: 'user', retryAfterSeconds: secondsUntil(now, full) };
  if (purpose === 'enrolment' && isOneTooMany(sent, request, options))
    return { kind: 'refuse', limit: 'new_destinations', retryAfterSeconds: HOUR };
  return { kind: 'send' };
}

/** What a renewal of backup codes is noted as: it is no message, but it is rationed alike. */
const RENEWAL = 'backup_codes';
const RENEWALS_PER_HOUR = 10;

/** The messages with one more renewal of backup codes. @throws {MfaError} `locked` after ten in an hour */
export function withRenewal(sent: readonly SentMessage[], now: Date): SentMessage[] {
  const full = fullUntil(
    sent.filter(({ purpose }) => purpose === RENEWAL),
    now,
    HOUR,
    RENEWALS_PER_HOUR,
  );
  if (full) throw new MfaError('locked', { retryAfterSeconds: secondsUntil(now, full) });
  return [...recentMessages(sent, now), { destination: '', purpose: RENEWAL, sentAt: now }];
}

/** The messages as they are after a right code. */
export function answered(sent: readonly SentMessage[]): SentMessage[] {
  return sent.map((message) => ({ ...message, answered: true }));
}

/** The messages of the last day. */
export function recentMessages(sent: readonly SentMessage[], now: Date): SentMessage[] {
  return sent.filter(({ sentAt }) => sentAt > secondsAfter(now, -DAY));
}

function endOfCooldown(same: readonly SentMessage[], now: Date, { cooldownSeconds }: MessageOptions): Date {
  const last = same.at(-1);
  if (!last) return now;
  const lately = same.filter(({ sentAt }) => sentAt > secondsAfter(now, -HOUR)).length;
  const step = Math.min(Math.max(lately, 1), cooldownSeconds.length) - 1;
  return secondsAfter(last.sentAt, cooldownSeconds[step]!);
}

function fullUntil(sent: readonly SentMessage[], now: Date, seconds: number, most: number): Date | undefined {
  const inside = sent.filter(({ sentAt }) => sentAt > secondsAfter(now, -seconds));
  const freeing = inside.at(-most);
  return freeing && secondsAfter(freeing.sentAt, seconds);
}

function isOneTooMany(sent: readonly SentMessage[], { destination }: MessageRequest, options: MessageOptions): boolean {
  const known = new Set(sent.filter(({ purpose }) => purpose === 'enrolment').map((message) => message.destination));
  return !known.has(destination) && known.size >= options.newDestinationsPerDay;
}
