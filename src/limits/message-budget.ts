import { DAY, HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import type { SentMessage } from '../store/factor.js';
import type { MessageLimit } from '../core/events.js';
import { recentMessages, RENEWAL } from './message-notes.js';
import type { MessageOptions } from './message-options.js';

/** The limit that stops a message, and for how long. */
export interface MessageRefusal {
  limit: MessageLimit;
  retryAfterSeconds: number;
}

/** The share of the user's hour and day that unknown networks may use. The rest is reserved for the owner. */
const SHARE_OF_NEW_NETWORKS = 0.5;

/** A message as the limits see it. */
export interface CountedMessage {
  userId: string;
  challengeType: string;
  /** A keyed hash. */
  destination: string;
  /** A group of destinations with limits of its own, e.g. a country. */
  country?: string;
  purpose: Purpose;
  /** The network that asked for it. */
  network: string;
  now: Date;
}

/** The decision on a message: send it, send nothing because the last code still works, or refuse. */
export type MessageDecision = { kind: 'send' } | (MessageRefusal & { kind: 'quiet' | 'refuse' });

/** Decides on a message from the user's messages of the last day. */
export function decideMessage(
  noted: readonly SentMessage[],
  request: Pick<CountedMessage, 'destination' | 'purpose' | 'now'> & { isKnownNetwork: boolean },
  options: MessageOptions,
): MessageDecision {
  const sent = noted.filter(({ refusedBy }) => refusedBy === undefined);
  const { now, destination, purpose, isKnownNetwork } = request;
  // A used code ends its cooldown, or its owner could not sign in a second time. A message that failed has no cooldown.
  // The limits below count both.
  const same = sent.filter((m) => m.destination === destination && m.purpose === purpose && !m.answered && !m.failed);
  const cooldownUntil = isKnownNetwork ? endOfKnownCooldown(same, now, options) : endOfCooldown(same, now, options);
  if (cooldownUntil > now)
    return { kind: 'quiet', limit: 'cooldown', retryAfterSeconds: secondsUntil(now, cooldownUntil) };
  const messages = sent.filter((message) => message.purpose !== RENEWAL && !message.givenBack);
  const full =
    usedUpUntil(messages, now, options, isKnownNetwork ? 1 : SHARE_OF_NEW_NETWORKS) ??
    fullUntil(sent.filter(wasGivenBack), now, HOUR, options.perHour * TRIES_PER_MESSAGE);
  if (full) return { kind: 'refuse', limit: 'user', retryAfterSeconds: secondsUntil(now, full) };
  if (purpose === 'enrolment' && isOneTooMany(sent, request, options))
    return { kind: 'refuse', limit: 'new_destinations', retryAfterSeconds: HOUR };
  return { kind: 'send' };
}

/** The time that a person needs to enter a code. */
const USEFUL_SECONDS = 15;

/** Failed sends allowed for each message of the hour: they cost no message, but must not go on without end. */
const TRIES_PER_MESSAGE = 4;

const wasGivenBack = ({ givenBack = false }: SentMessage) => givenBack;

/** Says whether networks that the user has not signed in from have used up their part of the hour or the day. */
export function isUsedUp(sent: readonly SentMessage[], now: Date, options: MessageOptions): boolean {
  const messages = sent.filter(
    ({ purpose, isKnownNetwork, givenBack, refusedBy }) =>
      purpose !== RENEWAL && !isKnownNetwork && !givenBack && refusedBy === undefined,
  );
  return usedUpUntil(messages, now, options, SHARE_OF_NEW_NETWORKS) !== undefined;
}

/** The part of a row that counts messages. */
type SentRow = { sentMessages: SentMessage[] };

const RENEWALS_PER_HOUR = 10;

/** Counts one more renewal of backup codes. @throws {MfaError} `locked` after ten in an hour */
export function withRenewal({ sentMessages: sent }: SentRow, now: Date): SentRow {
  const full = fullUntil(
    sent.filter(({ purpose }) => purpose === RENEWAL),
    now,
    HOUR,
    RENEWALS_PER_HOUR,
  );
  if (full) throw new MfaError('locked', { retryAfterSeconds: secondsUntil(now, full) });
  return { sentMessages: [...recentMessages(sent, now), { destination: '', purpose: RENEWAL, sentAt: now }] };
}

function endOfCooldown(same: readonly SentMessage[], now: Date, { cooldownSeconds }: MessageOptions): Date {
  const last = same.at(-1);
  if (!last) return now;
  const lately = same.filter(({ sentAt }) => sentAt > secondsAfter(now, -HOUR)).length;
  const step = Math.min(Math.max(lately, 1), cooldownSeconds.length) - 1;
  const until = secondsAfter(last.sentAt, cooldownSeconds[step]!);
  const useful = usefulUntil(last);
  return useful && useful < until ? useful : until;
}

// A cooldown ends before the last code is too old for its owner to enter.
function usefulUntil({ sentAt, expiresAt }: SentMessage): Date | undefined {
  if (!expiresAt) return undefined;
  const seconds = Math.min(USEFUL_SECONDS, (expiresAt.getTime() - sentAt.getTime()) / 2000);
  return secondsAfter(expiresAt, -seconds);
}

// Requests from unknown networks delay the owner by the first cooldown only.
function endOfKnownCooldown(same: readonly SentMessage[], now: Date, options: MessageOptions): Date {
  const first = { ...options, cooldownSeconds: options.cooldownSeconds.slice(0, 1) };
  const [own, others] = [same.filter((one) => one.isKnownNetwork), same.filter((one) => !one.isKnownNetwork)];
  const ends = [endOfCooldown(own, now, options), endOfCooldown(others, now, first)];
  return new Date(Math.max(...ends.map((end) => end.getTime())));
}

function usedUpUntil(
  messages: readonly SentMessage[],
  now: Date,
  { perHour, perDay }: MessageOptions,
  share: number,
): Date | undefined {
  const part = (most: number) => Math.ceil(most * share);
  return fullUntil(messages, now, HOUR, part(perHour)) ?? fullUntil(messages, now, DAY, part(perDay));
}

function fullUntil(sent: readonly SentMessage[], now: Date, seconds: number, most: number): Date | undefined {
  const inside = sent.filter(({ sentAt }) => sentAt > secondsAfter(now, -seconds));
  const freeing = inside.at(-most);
  return freeing && secondsAfter(freeing.sentAt, seconds);
}

function isOneTooMany(
  sent: readonly SentMessage[],
  { destination }: Pick<CountedMessage, 'destination'>,
  options: MessageOptions,
): boolean {
  const known = new Set(sent.filter(({ purpose }) => purpose === 'enrolment').map((message) => message.destination));
  return !known.has(destination) && known.size >= options.newDestinationsPerDay;
}
