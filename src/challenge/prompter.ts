import { Injectable } from '@nestjs/common';
import { Cipher } from '../core/cipher.js';
import { EventTeller } from '../core/events.js';
import { KeyedHash } from '../core/keyed-hash.js';
import { MfaError } from '../core/mfa-error.js';
import { withinSeconds } from '../core/within-seconds.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor, SentMessage } from '../store/factor.js';
import { MultiFactorAuthStore, type MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import type { ChallengeContext, Delivery } from './challenge.js';
import { ChallengeRegistry } from './challenge-registry.js';
import { ChallengeContexts } from './challenge-contexts.js';
import { decideMessage, type MessageDecision, recentMessages } from './message-budget.js';
import { MessageOptions } from './message-options.js';

const TRIES = 3;

/** A message that a user's row has room for, and the row's messages with it. */
interface Planned {
  decision: MessageDecision;
  delivery: Delivery;
  challengeType: string;
  sentMessages: SentMessage[];
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
    private readonly events: EventTeller,
    private readonly options: MessageOptions,
  ) {}

  /** Sends the code of the factor that login asks for, unless one was sent just now. @throws {MfaError} 503 if it cannot */
  async prompt(record: AbstractMultiFactorAuth, purpose: 'login' | 'step-up'): Promise<void> {
    try {
      await this.promptOnce(record, purpose, TRIES);
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
  ): Promise<Planned | undefined> {
    const state = await this.cipher.open(factor.sealedState, { userId: context.userId, factorId: factor.id });
    const delivery = await this.registry.get(factor.type)?.prompt?.(state, context);
    if (!delivery) return undefined;
    const name = `${factor.type}:${delivery.destination}`;
    const destination = this.hashes.hash('destination', name);
    // A rotation of keys must not make a known phone a new one.
    const known = this.hashes.candidates('destination', name);
    const sent = recentMessages(record?.sentMessages ?? [], context.now).map((message) =>
      known.includes(message.destination) ? { ...message, destination } : message,
    );
    const decision = decideMessage(sent, { destination, purpose: context.purpose, now: context.now }, this.options);
    const message = { destination, purpose: context.purpose, sentAt: context.now };
    const sentMessages = decision.kind === 'send' ? [...sent, message] : sent;
    return { decision, delivery, challengeType: factor.type, sentMessages };
  }

  /** Sends what was planned and noted. If that fails, the rest of the note is taken back and the failure goes on. */
  async deliver(
    { delivery, challengeType, sentMessages }: Planned,
    context: ChallengeContext,
    note: Note,
  ): Promise<void> {
    try {
      await withinSeconds(this.options.timeoutSeconds, (signal) => delivery.send(signal));
    } catch (cause) {
      await this.takeBack(context, { ...note, before: { ...note.before, sentMessages: withLastFailed(sentMessages) } });
      throw cause instanceof MfaError ? cause : new MfaError(delivery.failure ?? 'challenge_failed', { cause });
    }
    await this.events.tell({ type: 'challenge_sent', userId: context.userId, at: context.now, challengeType });
  }

  /** Says that a message which was asked for does not go out. */
  async reportRefusal({ decision, challengeType }: Planned, { userId, now }: ChallengeContext): Promise<void> {
    if (decision.kind === 'send') return;
    const { retryAfterSeconds } = decision;
    await this.events.tell({ type: 'message_refused', userId, at: now, challengeType, retryAfterSeconds });
  }

  private async promptOnce(
    record: AbstractMultiFactorAuth,
    purpose: 'login' | 'step-up',
    tries: number,
  ): Promise<void> {
    const context = this.contexts.now(record.userId, purpose);
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
    if (again?.enabled && tries > 1) await this.promptOnce(again, purpose, tries - 1);
  }

  // A message that was not sent must be known as such, or the next request would say that one is on its way. It still
  // counts: a gateway that answers too late may have sent it. A row that another request has changed meanwhile is left
  // alone: the worst is one message less.
  private async takeBack({ userId, now }: ChallengeContext, { version, before }: Note): Promise<void> {
    const record = await this.store.find(userId);
    if (record?.version === version) await this.store.change(record, before, now);
  }
}

function withLastFailed(sent: readonly SentMessage[]): SentMessage[] {
  return sent.map((message, index) => (index === sent.length - 1 ? { ...message, failed: true } : message));
}

// Quiet because the limit is full of messages that failed: to answer as usual would make the user wait for nothing.
function refuseIfNothingCame(planned: Planned | undefined): void {
  if (!planned?.sentMessages.at(-1)?.failed) return;
  const { delivery, decision } = planned;
  const retryAfterSeconds = decision.kind === 'send' ? undefined : decision.retryAfterSeconds;
  throw new MfaError(delivery.failure ?? 'challenge_failed', { retryAfterSeconds });
}
