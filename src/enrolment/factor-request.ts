import { Injectable } from '@nestjs/common';
import type { ChallengeContext } from '../challenge/challenge.js';
import { ChallengeContexts } from '../challenge/challenge-contexts.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { type PromptContext, Prompter } from '../verification/prompter.js';
import { BrokenSeal, Cipher } from '../crypto/cipher.js';
import { MfaError } from '../core/mfa-error.js';
import { randomId } from '../crypto/randomness.js';
import { networkOf } from '../http/network.js';
import { refuseEnded } from '../session/unauthenticated.js';
import { Freshness } from '../step-up/freshness.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { AttemptOptions } from '../limits/attempt-options.js';
import { Attempts } from '../limits/attempts.js';
import { codeBudget } from '../limits/budgets.js';
import { enrol } from './enrol.js';
import { beforeOf, livePending, pendingOf } from '../store/pending-factor.js';

const TRIES = 3;

/** A factor that is asked for. */
export interface NewFactor {
  type: string;
  /** What the challenge's request takes. */
  body: object;
  /** The client's, as the framework gives it. */
  address: string | undefined;
}

/** The first step of turning MFA on: a factor is requested and its code sent. */
@Injectable()
export class FactorRequest {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly contexts: ChallengeContexts,
    private readonly store: MultiFactorAuthStore,
    private readonly cipher: Cipher,
    private readonly prompter: Prompter,
    private readonly attempts: Attempts,
    private readonly attemptOptions: AttemptOptions,
    private readonly freshness: Freshness,
  ) {}

  /**
   * Puts a new factor beside what is in force and sends its code. The same request again keeps the factor, so that the
   * code that was sent stays right. @throws {MfaError}
   */
  async carryOut(session: MfaSession, { type, body, address }: NewFactor): Promise<void> {
    const userId = session.userId!;
    const context = { ...this.contexts.now(userId, 'enrolment'), network: networkOf(address) };
    for (let tries = TRIES; tries > 0; tries--) {
      const record = await this.store.find(userId);
      this.refuseUnlessOpen(record);
      refuseEnded(session, record);
      this.freshness.requireForEnrolment(session);
      const pending = await this.pendingFactor(record, type, body, context);
      if (await this.promptFor(record, pending, context)) return;
    }
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  private refuseUnlessOpen(record: AbstractMultiFactorAuth | null): void {
    if (record?.enabled) throw new MfaError('mfa_enabled');
    if (record) this.attempts.refuseIfLocked(record, codeBudget(this.attemptOptions));
  }

  private async pendingFactor(
    record: AbstractMultiFactorAuth | null,
    type: string,
    body: object,
    context: ChallengeContext,
  ): Promise<Factor> {
    const { state, hint } = await enrol(this.registry.get(type)!, body, context);
    const kept = record && livePending(record, type, context.now);
    if (kept?.hint === hint && (await this.opens(kept, context))) return { ...kept, createdAt: context.now };
    const id = randomId();
    const sealedState = await this.cipher.seal(state, { userId: context.userId, factorId: id });
    return { id, type, hint, sealedState, createdAt: context.now };
  }

  // One that was altered, or sealed with a key that is gone, would be in its owner's way until its time is over.
  private async opens({ id, sealedState }: Factor, { userId }: ChallengeContext): Promise<boolean> {
    try {
      await this.cipher.open(sealedState, { userId, factorId: id });
      return true;
    } catch (error) {
      if (error instanceof BrokenSeal) return false;
      throw error;
    }
  }

  // True when it is done, false when another request changed the row meanwhile.
  private async promptFor(
    record: AbstractMultiFactorAuth | null,
    pending: Factor,
    context: PromptContext,
  ): Promise<boolean> {
    const planned = await this.prompter.plan(record, pending, context);
    const decision = planned?.decision ?? { kind: 'send' };
    if (planned) await this.prompter.reportRefusal(planned, context);
    const isKept = record?.pendingFactors.some(({ id }) => id === pending.id) ?? false;
    if (decision.kind === 'quiet' && isKept) return true;
    if (decision.kind !== 'send') throw new MfaError('locked', { retryAfterSeconds: decision.retryAfterSeconds });
    const change = { ...pendingOf(record, pending), ...(planned && { sentMessages: planned.sentMessages }) };
    if (!(await this.keep(record, change, context))) return false;
    const version = record ? record.version + 1 : 0;
    if (planned) await this.prompter.deliver(planned, context, { version, before: beforeOf(record) });
    return true;
  }

  private keep(
    record: AbstractMultiFactorAuth | null,
    change: MultiFactorAuthChange,
    { userId, now }: ChallengeContext,
  ): Promise<boolean> {
    return record ? this.store.change(record, change, now) : this.store.create(userId, change, now);
  }
}
