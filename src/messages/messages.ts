import { Injectable } from '@nestjs/common';
import { secondsUntil } from '../core/clock.js';
import type { MessageLimit } from '../core/events.js';
import { failureOf } from '../core/message-failure.js';
import { MfaError } from '../core/mfa-error.js';
import type { Word } from '../core/words.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { decideMessage, type MessageRefusal } from '../limits/message-budget.js';
import { recentMessages } from '../limits/message-notes.js';
import { lastRefusal, withRefusal } from '../limits/message-refusals.js';
import { MessageOptions } from '../limits/message-options.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { SentMessage } from '../store/factor.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import type { Message, MessageContext, PlannedMessage } from './message.js';
import { MessageDelivery } from './message-delivery.js';

/** Decides over messages by their user's row, and sends those that the row has noted. */
@Injectable()
export class Messages {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly hashes: KeyedHash,
    private readonly delivery: MessageDelivery,
    private readonly options: MessageOptions,
  ) {}

  /** Plans a message and its change of the user's row. Write the change before `deliver`: then one of many concurrent requests sends. */
  plan(row: SeenRow, message: Message, context: MessageContext): PlannedMessage {
    const { challengeType, purpose, now, factorId, isAlone, isKnownNetwork } = context;
    const { country, failure, expiresAt = context.expiresAt } = message;
    const name = `${challengeType}:${message.destination}`;
    const destination = this.hashes.lasting('destination', name);
    // After a key rotation, a known phone must not count as new.
    const known = this.hashes.candidates('destination', name);
    const sent = recentMessages(row?.sentMessages ?? [], now).map((earlier) =>
      known.includes(earlier.destination) ? { ...earlier, destination } : earlier,
    );
    const decision = decideMessage(sent, { destination, purpose, now, isKnownNetwork }, this.options);
    const more = {
      ...(country && { country }),
      ...(failure && { failure }),
      ...(isAlone && { isAlone }),
      ...(isKnownNetwork && { isKnownNetwork }),
    };
    const noted = { destination, purpose, sentAt: now, expiresAt, factorId, ...more };
    return { message, context, decision, noted, sentMessages: decision.kind === 'send' ? [...sent, noted] : sent };
  }

  /**
   * Decides over the next message of a factor by the last one, if it cannot be sent: then no seal need be opened, which costs a call of
   * the key service. Undefined if it may be sent, or if only the challenge can tell.
   */
  foresee(row: AbstractMultiFactorAuth, context: MessageContext): PlannedMessage | undefined {
    const { purpose, now, factorId, isKnownNetwork } = context;
    const sent = recentMessages(row.sentMessages, now);
    const last = sent.findLast((one) => one.factorId === factorId && one.purpose === purpose && one.isAlone);
    if (!last) return undefined;
    const { destination, country } = last;
    const decision = decideMessage(sent, { destination, purpose, now, isKnownNetwork }, this.options);
    const refused = lastRefusal(sent, context, (limit) => limit !== 'cooldown' && limit !== 'user' && limit !== 'lock');
    if (decision.kind === 'send' && !refused) return undefined;
    const message = { destination, country, failure: last.failure as Word | undefined, send: notSent };
    const known = { message, context, noted: { ...last, sentAt: now }, sentMessages: sent };
    if (decision.kind !== 'send') return { ...known, decision };
    const limit = refused!.refusedBy as MessageLimit;
    const retryAfterSeconds = secondsUntil(now, refused!.refusedUntilAt!);
    return { ...known, decision: { kind: 'refuse', limit, retryAfterSeconds } };
  }

  /**
   * Sends a message that the row has noted. If a limit refuses it, the note is removed; if sending fails, the note says so.
   * @param noted the row with the note
   * @param before the old values of what the same statement changed, and of what of it is taken back if the message may have gone out
   * @throws {MfaError}
   */
  async deliver(
    planned: PlannedMessage,
    noted: AbstractMultiFactorAuth,
    [before, unanswered]: readonly [MultiFactorAuthChange, MultiFactorAuthChange] = [{}, {}],
  ): Promise<void> {
    const [others, own] = [planned.sentMessages.slice(0, -1), planned.sentMessages.at(-1)!];
    // If another request has changed the row, leave it alone: the user has one message less.
    const takeBack = (sentMessages: SentMessage[], change = before) =>
      this.store.change(noted, { ...change, sentMessages });
    const outcome = await this.delivery.send(planned).catch(async (error: unknown) => {
      await takeBack(others);
      throw error;
    });
    if (outcome.kind === 'sent') return;
    const { message, context } = planned;
    if (outcome.kind === 'refused') {
      const { limit } = outcome.refusal;
      await takeBack(withRefusal(others, noteOf(own), outcome.refusal));
      const isTold = lastRefusal(others, context, (earlier) => earlier === limit) !== undefined;
      if (!isTold) await this.delivery.reportRefusal(outcome.refusal, message, context);
      throw refusalOf(message, context, outcome.refusal);
    }
    const isUnanswered = failureOf(outcome.cause) === 'unknown';
    await takeBack([...others, failedNote(own, isUnanswered)], isUnanswered ? unanswered : before);
    throw asRefusal(outcome.cause, message.failure ?? 'challenge_failed');
  }

  /**
   * Reports a message that is not sent. It returns if the last one's code is still of use.
   * @throws {MfaError} if a limit has no room: after the usual answer, the user would wait for nothing
   */
  async reportRefusal({ decision, message, context, noted }: PlannedMessage, row: SeenRow): Promise<void> {
    if (decision.kind === 'send') return;
    await this.reportOnce(row, decision, message, noted, context);
    if (decision.kind === 'refuse') throw refusalOf(message, context, decision);
  }

  /** Reports that a locked user got no message. */
  async reportLock(row: AbstractMultiFactorAuth, context: MessageContext, retryAfterSeconds: number): Promise<void> {
    const { purpose, now: sentAt } = context;
    const refusal = { limit: 'lock', retryAfterSeconds } as const;
    await this.reportOnce(row, refusal, {}, { destination: '', purpose, sentAt }, context);
  }

  // Once for many requests: they would fill the audit table and the log. The row remembers it.
  private async reportOnce(
    row: SeenRow,
    refusal: MessageRefusal,
    message: Pick<Message, 'country'>,
    noted: SentMessage,
    context: MessageContext,
  ): Promise<void> {
    const sent = recentMessages(row?.sentMessages ?? [], context.now);
    if (lastRefusal(sent, context, (limit) => limit === refusal.limit)) return;
    const sentMessages = withRefusal(sent, noteOf(noted), refusal);
    if (row && !(await this.store.change(row, { sentMessages }))) return;
    await this.delivery.reportRefusal(refusal, message, context);
  }
}

// A gateway that answers too late may have sent it, so it counts. One that said no has not.
function failedNote(own: SentMessage, isUnanswered: boolean): SentMessage {
  return { ...own, failed: true, ...(!isUnanswered && { givenBack: true }) };
}

// What a refusal remembers of a message.
function noteOf({ destination, purpose, sentAt, factorId, country, failure, isAlone }: SentMessage) {
  const more = { ...(country && { country }), ...(failure && { failure }), ...(isAlone && { isAlone }) };
  return { destination, purpose, sentAt, ...(factorId && { factorId }), ...more };
}

function notSent(): Promise<never> {
  return Promise.reject(new Error('This message is refused.'));
}

function refusalOf(
  { failure = 'challenge_failed' }: Message,
  { purpose }: MessageContext,
  { retryAfterSeconds }: MessageRefusal,
): MfaError {
  return new MfaError(purpose === 'enrolment' ? 'locked' : failure, { retryAfterSeconds });
}

function asRefusal(cause: unknown, failure: MfaError['code']): MfaError {
  return cause instanceof MfaError ? cause : new MfaError(failure, { cause });
}
