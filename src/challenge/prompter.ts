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
      const code = cause instanceof MfaError ? cause.code : 'challenge_failed';
      throw new MfaError(code === 'invalid_phone_number' ? 'sms_send_failed' : code, { status: 503, cause });
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
    return { decision, delivery, sentMessages: decision.kind === 'send' ? [...sent, message] : sent };
  }

  /** Sends what was planned and noted. If that fails, the note is taken back and the failure goes on. */
  async deliver({ delivery }: Planned, context: ChallengeContext, note: Note): Promise<void> {
    try {
      await withinSeconds(this.options.timeoutSeconds, (signal) => delivery.send(signal));
    } catch (cause) {
      await this.takeBack(context, note);
      throw cause instanceof MfaError ? cause : new MfaError(delivery.failure ?? 'challenge_failed', { cause });
    }
    await this.events.tell({ type: 'challenge_sent', userId: context.userId, at: context.now });
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
    if (planned?.decision.kind !== 'send') return;
    const { sentMessages } = planned;
    // Noted before it is sent: of many requests at once, one sends.
    if (await this.store.change(record, { sentMessages }, context.now)) {
      const before = { sentMessages: record.sentMessages };
      return this.deliver(planned, context, { version: record.version + 1, before });
    }
    const again = await this.store.find(record.userId);
    if (again?.enabled && tries > 1) await this.promptOnce(again, purpose, tries - 1);
  }

  // A message that was not sent must not count, or the next request would say that one is on its way. A row that another
  // request has changed meanwhile is left alone: the worst is one message less.
  private async takeBack({ userId, now }: ChallengeContext, { version, before }: Note): Promise<void> {
    const record = await this.store.find(userId);
    if (record?.version === version) await this.store.change(record, before, now);
  }
}
