import { Injectable } from '@nestjs/common';
import type { ChallengeContext } from '../challenge/challenge.js';
import { ChallengeContexts } from '../challenge/challenge-contexts.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { FailedChallengeError } from '../challenge/failed-challenge-error.js';
import { Prompter } from '../challenge/prompter.js';
import { Cipher } from '../core/cipher.js';
import { secondsAfter } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { randomId } from '../core/randomness.js';
import { Sessions } from '../session/sessions.js';
import { type AbstractMultiFactorAuth, SMS } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { AttemptOptions } from '../verification/attempt-options.js';
import { Attempts } from '../verification/attempts.js';
import { codeBudget } from '../verification/budgets.js';
import { FactorProof } from '../verification/factor-proof.js';
import { withFactor } from '../verification/row-changes.js';

const PENDING_SECONDS = 600;
const TRIES = 3;

/** Turns MFA on in two steps: request a factor, then verify a code of it. */
@Injectable()
export class Enrolment {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly contexts: ChallengeContexts,
    private readonly store: MultiFactorAuthStore,
    private readonly cipher: Cipher,
    private readonly prompter: Prompter,
    private readonly attempts: Attempts,
    private readonly attemptOptions: AttemptOptions,
    private readonly proof: FactorProof,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
  ) {}

  /**
   * Puts a new factor beside what is in force and sends its code. The same request again keeps the factor, so that the
   * code that was sent stays right. @throws {MfaError}
   */
  async request(userId: string, type: string, body: object): Promise<void> {
    const context = this.contexts.now(userId, 'enrolment');
    for (let tries = TRIES; tries > 0; tries--) {
      const record = await this.store.find(userId);
      this.refuseUnlessOpen(record);
      const pending = await this.pendingFactor(record, type, body, context);
      if (await this.carryOut(record, pending, context)) return;
    }
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  /** Confirms a requested factor: MFA is on, and this is the user's only session. @throws {MfaError} */
  async verify(session: MfaSession, type: string, code: string): Promise<void> {
    const userId = session.userId!;
    const record = await this.store.find(userId);
    if (record?.enabled) throw new MfaError('mfa_enabled');
    const { now } = this.contexts.now(userId, 'enrolment');
    const proven =
      record &&
      (await this.proof.confirm(record, code, {
        factor: (row) => (row.enabled ? undefined : livePending(row, type, now)),
        change: (row, factor) => enabledWith(row, { ...factor, confirmedAt: now }),
      }));
    if (!proven) throw new MfaError('invalid_mfa_code');
    await this.sessions.recordFactor(session, proven.amr);
    await this.sessions.endOthers(session, proven.authEpoch);
    await this.events.tell({ type: 'enabled', userId, at: now, challengeType: type });
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
    const { state, hint } = await this.enrol(type, body, context);
    const kept = record && livePending(record, type, context.now);
    if (kept?.hint === hint) return { ...kept, createdAt: context.now };
    const id = randomId();
    const sealedState = await this.cipher.seal(state, { userId: context.userId, factorId: id });
    return { id, type, hint, sealedState, createdAt: context.now };
  }

  private async enrol(
    type: string,
    body: object,
    context: ChallengeContext,
  ): Promise<{ state: unknown; hint: string }> {
    try {
      return await this.registry.get(type)!.enrol(body, context);
    } catch (cause) {
      throw cause instanceof FailedChallengeError ? new MfaError('challenge_failed', { cause }) : cause;
    }
  }

  // True when it is done, false when another request changed the row meanwhile.
  private async carryOut(
    record: AbstractMultiFactorAuth | null,
    pending: Factor,
    context: ChallengeContext,
  ): Promise<boolean> {
    const planned = await this.prompter.plan(record, pending, context);
    const decision = planned?.decision ?? { kind: 'send' };
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

/**
 * The requested factor of a type, if its time is not over. One that was guessed at until the account was locked is dead:
 * none can be requested during a lock, so that one made before its end was made before it.
 */
export function livePending(
  { pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth,
  type: string,
  now: Date,
): Factor | undefined {
  return pendingFactors.find(
    (factor) =>
      factor.type === type &&
      secondsAfter(factor.createdAt, PENDING_SECONDS) >= now &&
      factor.createdAt >= codeLockedUntil,
  );
}

function pendingOf(record: AbstractMultiFactorAuth | null, pending: Factor): MultiFactorAuthChange {
  const others = (record?.pendingFactors ?? []).filter(({ type }) => type !== pending.type);
  return { pendingFactors: [...others, pending], ...phoneNumberOf(pending) };
}

function beforeOf(record: AbstractMultiFactorAuth | null): MultiFactorAuthChange {
  const { pendingFactors = [], phoneNumber = '', sentMessages = [] } = record ?? {};
  return { pendingFactors, phoneNumber, sentMessages };
}

function enabledWith(row: AbstractMultiFactorAuth, factor: Factor): MultiFactorAuthChange {
  return {
    challengeType: factor.type,
    phoneNumber: '',
    ...phoneNumberOf(factor),
    factors: withFactor(row.factors, factor),
    pendingFactors: [],
    authEpoch: row.authEpoch + 1,
  };
}

function phoneNumberOf({ type, hint }: Factor): MultiFactorAuthChange {
  return type === SMS ? { phoneNumber: hint } : {};
}
