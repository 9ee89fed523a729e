import { Injectable } from '@nestjs/common';
import { Cipher } from '../crypto/cipher.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { MultiFactorAuthStore, type MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import type { Purpose } from '../core/purpose.js';
import type { ChallengeContext } from '../challenge/challenge.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { ChallengeContexts } from '../challenge/challenge-contexts.js';
import { decideMessage, recentMessages } from '../limits/message-budget.js';
import { type DeliveryOutcome, MessageDelivery, type PlannedMessage } from '../messages/message-delivery.js';
import { MessageOptions } from '../limits/message-options.js';

const TRIES = 3;

/** When, for whom, for what and from where a message is asked for. */
export interface PromptContext extends ChallengeContext {
  network: string;
}

/** Why and from where a signed-in or signing-in user is asked for a code. */
export interface PromptReason {
  purpose: Exclude<Purpose, 'enrolment'>;
  network: string;
}

/** The change by which a message was noted, so that it can be taken back. */
interface Note {
  /** The row's version with the note in it. */
  version: number;
  before: MultiFactorAuthChange;
}

/** Carries out challenges: decides whether a message may go out, notes it in the user's row, and only then sends it. */
@Injectable()
export class Prompter {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly contexts: ChallengeContexts,
    private readonly store: MultiFactorAuthStore,
    private readonly cipher: Cipher,
    private readonly hashes: KeyedHash,
    private readonly delivery: MessageDelivery,
    private readonly options: MessageOptions,
  ) {}

  /** Sends the code of the factor that login asks for, unless one was sent just now. @throws {MfaError} 503 if it cannot */
  async prompt(record: AbstractMultiFactorAuth, reason: PromptReason): Promise<void> {
    try {
      await this.promptOnce(record, reason, TRIES);
    } catch (cause) {
      const { code, retryAfterSeconds } = cause instanceof MfaError ? cause : new MfaError('challenge_failed');
      const told = code === 'invalid_phone_number' ? 'sms_send_failed' : code;
      throw new MfaError(told, { status: 503, retryAfterSeconds, cause });
    }
  }

  /** What a new or pending factor's message would be, or undefined for a challenge that sends none. */
  async plan(
    record: AbstractMultiFactorAuth | null,
    factor: Factor,
    context: ChallengeContext,
  ): Promise<PlannedMessage | undefined> {
    const state = await this.cipher.open(factor.sealedState, { userId: context.userId, factorId: factor.id });
    const delivery = await this.registry.get(factor.type)?.prompt?.(state, context);
    if (!delivery) return undefined;
    const name = `${factor.type}:${delivery.destination}`;
    const destination = this.hashes.lasting('destination', name);
    // Another key in the ring must not make a known phone a new one.
    const known = this.hashes.candidates('destination', name);
    const sent = recentMessages(record?.sentMessages ?? [], context.now).map((message) =>
      known.includes(message.destination) ? { ...message, destination } : message,
    );
    const { purpose, now } = context;
    const decision = decideMessage(sent, { destination, purpose, now }, this.options);
    const { country } = delivery;
    const message = { destination, purpose, sentAt: now, factorId: factor.id, ...(country && { country }) };
    const sentMessages = decision.kind === 'send' ? [...sent, message] : sent;
    return { decision, delivery, challengeType: factor.type, sentMessages };
  }

  /**
   * Sends what was planned and noted. If it is refused or fails, the note is taken back as far as it is not true, and that
   * goes on. @throws {MfaError}
   */
  async deliver(planned: PlannedMessage, context: PromptContext, note: Note): Promise<void> {
    const [others, own] = [planned.sentMessages.slice(0, -1), planned.sentMessages.at(-1)!];
    const outcome = await this.handOver(planned, context, {
      ...note,
      before: { ...note.before, sentMessages: others },
    });
    if (outcome.kind === 'sent') return;
    // It still counts if it failed: a gateway that answers too late may have sent it.
    const sentMessages = outcome.kind === 'failed' ? [...others, { ...own, failed: true }] : others;
    await this.takeBack(context, { ...note, before: { ...note.before, sentMessages } });
    const failure = planned.delivery.failure ?? 'challenge_failed';
    if (outcome.kind === 'failed') {
      const { cause } = outcome;
      throw cause instanceof MfaError ? cause : new MfaError(failure, { cause });
    }
    const { retryAfterSeconds } = outcome.refusal;
    throw new MfaError(context.purpose === 'enrolment' ? 'locked' : failure, { retryAfterSeconds });
  }

  private async handOver(planned: PlannedMessage, context: PromptContext, note: Note): Promise<DeliveryOutcome> {
    try {
      return await this.delivery.send(planned, context);
    } catch (error) {
      await this.takeBack(context, note);
      throw error;
    }
  }

  /** Says that a message which was asked for does not go out. */
  async reportRefusal(planned: PlannedMessage, context: ChallengeContext): Promise<void> {
    if (planned.decision.kind !== 'send') await this.delivery.reportRefusal(planned.decision, planned, context);
  }

  private async promptOnce(record: AbstractMultiFactorAuth, reason: PromptReason, tries: number): Promise<void> {
    const context = { ...this.contexts.now(record.userId, reason.purpose), network: reason.network };
    const factor = record.factors.find(({ type }) => type === record.challengeType);
    if (!factor) throw new MfaError('phone_number_not_set');
    const planned = await this.plan(record, factor, context);
    if (planned) await this.reportRefusal(planned, context);
    if (planned?.decision.kind !== 'send') return refuseIfNothingCame(planned);
    const { sentMessages } = planned;
    // Noted before it is sent: of many requests at once, one sends.
    if (await this.store.change(record, { sentMessages }, context.now)) {
      return this.deliver(planned, context, { version: record.version + 1, before: {} });
    }
    const again = await this.store.find(record.userId);
    if (again?.enabled && tries > 1) await this.promptOnce(again, reason, tries - 1);
  }

  // A message that was not sent must be known as such, or the next request would say that one is on its way. A row that
  // another request has changed meanwhile is left alone: the worst is one message less.
  private async takeBack({ userId, now }: ChallengeContext, { version, before }: Note): Promise<void> {
    const record = await this.store.find(userId);
    if (record?.version === version) await this.store.change(record, before, now);
  }
}

// Quiet because the limit is full of messages that failed: to answer as usual would make the user wait for nothing.
function refuseIfNothingCame(planned: PlannedMessage | undefined): void {
  if (!planned?.sentMessages.at(-1)?.failed) return;
  const { delivery, decision } = planned;
  const retryAfterSeconds = decision.kind === 'send' ? undefined : decision.retryAfterSeconds;
  throw new MfaError(delivery.failure ?? 'challenge_failed', { retryAfterSeconds });
}
