import { Injectable } from '@nestjs/common';
import { failureOf } from '../core/message-failure.js';
import { MfaError } from '../core/mfa-error.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { decideMessage, type MessageRefusal, recentMessages } from '../limits/message-budget.js';
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
    const { challengeType, purpose, now, factorId, isKnownNetwork } = context;
    const { country, expiresAt = context.expiresAt } = message;
    const name = `${challengeType}:${message.destination}`;
    const destination = this.hashes.lasting('destination', name);
    // After a key rotation, a known phone must not count as new.
    const known = this.hashes.candidates('destination', name);
    const sent = recentMessages(row?.sentMessages ?? [], now).map((earlier) =>
      known.includes(earlier.destination) ? { ...earlier, destination } : earlier,
    );
    const decision = decideMessage(sent, { destination, purpose, now, isKnownNetwork }, this.options);
    const noted = {
      destination,
      purpose,
      sentAt: now,
      expiresAt,
      factorId,
      ...(country && { country }),
      ...(isKnownNetwork && { isKnownNetwork }),
    };
    return { message, context, decision, sentMessages: decision.kind === 'send' ? [...sent, noted] : sent };
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
      await takeBack(others);
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
  async reportRefusal({ decision, message, context }: PlannedMessage): Promise<void> {
    if (decision.kind === 'send') return;
    await this.delivery.reportRefusal(decision, message, context);
    if (decision.kind === 'refuse') throw refusalOf(message, context, decision);
  }

  /** Reports that a locked user got no message. */
  async reportLock(context: MessageContext, retryAfterSeconds: number): Promise<void> {
    await this.delivery.reportRefusal({ limit: 'lock', retryAfterSeconds }, {}, context);
  }
}

// A gateway that answers too late may have sent it, so it counts. One that said no has not.
function failedNote(own: SentMessage, isUnanswered: boolean): SentMessage {
  return { ...own, failed: true, ...(!isUnanswered && { givenBack: true }) };
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
