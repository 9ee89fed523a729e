import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { decideMessage, recentMessages } from '../limits/message-budget.js';
import { MessageOptions } from '../limits/message-options.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { SentMessage } from '../store/factor.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import type { Message, MessageContext, PlannedMessage } from './message.js';
import { MessageDelivery } from './message-delivery.js';

/** Decides over messages by the row of their user, and sends those that the row has noted. */
@Injectable()
export class Messages {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly hashes: KeyedHash,
    private readonly delivery: MessageDelivery,
    private readonly options: MessageOptions,
  ) {}

  /** What a message would change in a user's row. Note it there before `deliver`, so that of many requests at once one sends. */
  plan(row: SeenRow, message: Message, context: MessageContext): PlannedMessage {
    const { challengeType, purpose, now, factorId } = context;
    const name = `${challengeType}:${message.destination}`;
    const destination = this.hashes.lasting('destination', name);
    // Another key in the ring must not make a known phone a new one.
    const known = this.hashes.candidates('destination', name);
    const sent = recentMessages(row?.sentMessages ?? [], now).map((earlier) =>
      known.includes(earlier.destination) ? { ...earlier, destination } : earlier,
    );
    const decision = decideMessage(sent, { destination, purpose, now }, this.options);
    const { country } = message;
    const noted = { destination, purpose, sentAt: now, factorId, ...(country && { country }) };
    return { message, context, decision, sentMessages: decision.kind === 'send' ? [...sent, noted] : sent };
  }

  /**
   * Sends a message that was noted. If a limit refuses it or sending fails, the note is taken back as far as it is not true.
   * @param noted the row with the note in it
   * @param before what the note's statement changed besides, as it was
   * @throws {MfaError}
   */
  async deliver(planned: PlannedMessage, noted: AbstractMultiFactorAuth, before: MultiFactorAuthChange): Promise<void> {
    const [others, own] = [planned.sentMessages.slice(0, -1), planned.sentMessages.at(-1)!];
    // A row that another request has changed meanwhile is left alone: the worst is one message less.
    const takeBack = (sentMessages: SentMessage[]) => this.store.change(noted, { ...before, sentMessages });
    const outcome = await this.delivery.send(planned).catch(async (error: unknown) => {
      await takeBack(others);
      throw error;
    });
    if (outcome.kind === 'sent') return;
    // It still counts if it failed: a gateway that answers too late may have sent it.
    await takeBack(outcome.kind === 'failed' ? [...others, { ...own, failed: true }] : others);
    const failure = planned.message.failure ?? 'challenge_failed';
    if (outcome.kind === 'failed') throw asRefusal(outcome.cause, failure);
    const { retryAfterSeconds } = outcome.refusal;
    throw new MfaError(planned.context.purpose === 'enrolment' ? 'locked' : failure, { retryAfterSeconds });
  }

  /**
   * Reports a message that the user's row had no room for.
   * @throws {MfaError} where all that were sent have failed: to answer as usual would make the user wait for nothing
   */
  async reportRefusal({ decision, message, context, sentMessages }: PlannedMessage): Promise<void> {
    if (decision.kind === 'send') return;
    await this.delivery.reportRefusal(decision, message, context);
    if (context.purpose === 'enrolment' || !sentMessages.at(-1)?.failed) return;
    throw new MfaError(message.failure ?? 'challenge_failed', { retryAfterSeconds: decision.retryAfterSeconds });
  }

  /** Reports that a locked user was sent nothing. */
  async reportLock(context: MessageContext, retryAfterSeconds: number): Promise<void> {
    await this.delivery.reportRefusal({ limit: 'lock', retryAfterSeconds }, {}, context);
  }
}

function asRefusal(cause: unknown, failure: MfaError['code']): MfaError {
  return cause instanceof MfaError ? cause : new MfaError(failure, { cause });
}
