import { Injectable } from '@nestjs/common';
import type { Begun, Moment } from '../challenge/challenge.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { askChallenge } from '../challenge/failed-challenge-error.js';
import { codeExpiry } from '../challenge/sent-code.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import { Attempts } from '../limits/attempts.js';
import type { Standing } from '../limits/known-networks.js';
import type { MessageContext, PlannedMessage } from '../messages/message.js';
import { Messages } from '../messages/messages.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import { type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import type { NamedUser } from '../users/user-directory.js';

/** A ceremony that has begun: what the client gets, and what the proof is judged with. */
export interface Ceremony {
  /** The challenge type, e.g. `sms`. */
  type: string;
  show?: object;
  phase?: unknown;
}

/** Who is asked for a proof, for what, and from which network. */
export interface CeremonyRequest {
  user: NamedUser;
  purpose: Exclude<Purpose, 'enrolment'>;
  standing: Standing;
}

/** A ceremony over one version of a row, with its message. */
interface Prepared {
  begun: Begun<unknown>;
  planned?: PlannedMessage;
}

/** Asks users for their second factor, at login and at step-up. */
@Injectable()
export class Ceremonies {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly states: FactorStates,
    private readonly store: MultiFactorAuthStore,
    private readonly messages: Messages,
    private readonly attempts: Attempts,
  ) {}

  /** Begins a ceremony, and sends its message outside of a cooldown. @throws {MfaError} 503 if that fails */
  async begin(row: AbstractMultiFactorAuth, request: CeremonyRequest): Promise<Ceremony> {
    const type = row.challengeType;
    const moment = this.registry.moment(type, request.user, request.purpose);
    const context = contextOf(request, type, moment);
    const { isKnownNetwork } = context;
    const wait = this.attempts.lockedSeconds(row, { role: 'factor', isKnownNetwork }, moment.now);
    if (wait > 0) {
      // During a lock, codes are refused, so a message would be useless.
      await this.messages.reportLock(row, context, wait);
      return { type };
    }
    try {
      const { show, phase } = await this.carryOut(row, moment, context);
      return { type, show, phase };
    } catch (cause) {
      const { code, retryAfterSeconds } = cause instanceof MfaError ? cause : new MfaError('challenge_failed');
      throw new MfaError(code, { status: 503, retryAfterSeconds, cause });
    }
  }

  /** Starts the ceremony of factors of one type. @throws the challenge's error */
  async start(userId: string, factors: readonly Factor[], type: string, moment: Moment): Promise<Begun<unknown>> {
    const { challenge } = this.registry.get(type) ?? {};
    if (!challenge) throw new MfaError('challenge_failed');
    if (!challenge.begin) return {};
    const states = await Promise.all(factors.map((factor) => this.states.open(userId, factor)));
    return askChallenge(() => challenge.begin!(states, moment));
  }

  private async carryOut(
    row: AbstractMultiFactorAuth,
    moment: Moment,
    context: MessageContext,
  ): Promise<Begun<unknown>> {
    const prepare = (seen: SeenRow) => this.prepare(seen, moment, context);
    const { row: noted, outcome } = await this.store.amend(row.userId, prepare, row);
    const { begun, planned } = outcome;
    if (planned?.decision.kind === 'send') await this.messages.deliver(planned, noted!);
    else if (planned) await this.messages.reportRefusal(planned, noted);
    return begun;
  }

  // The row notes the message before it is sent, so one of many concurrent requests sends it.
  private async prepare(row: SeenRow, moment: Moment, context: MessageContext): Promise<Amendment<Prepared>> {
    const type = context.challengeType;
    // Another request has turned MFA off or changed the factor.
    if (row?.challengeType !== type) return { outcome: { begun: {} } };
    const factors = row.factors.filter((factor) => factor.type === type);
    const factorId = factors[0]?.id ?? '';
    const foreseen = this.messages.foresee(row, { ...context, factorId });
    if (foreseen) return { outcome: { begun: {}, planned: foreseen } };
    const begun = await this.start(row.userId, factors, type, moment);
    if (!begun.message) return { outcome: { begun } };
    const isAlone = begun.show === undefined && begun.phase === undefined;
    const planned = this.messages.plan(row, begun.message, { ...context, factorId, isAlone });
    const change = planned.decision.kind === 'send' ? { sentMessages: planned.sentMessages } : undefined;
    return { change, outcome: { begun, planned } };
  }
}

function contextOf(
  { user, purpose, standing }: CeremonyRequest,
  challengeType: string,
  moment: Moment,
): MessageContext {
  const { network, isSiteKnown: isKnownNetwork } = standing;
  const [{ now }, expiresAt] = [moment, codeExpiry(moment)];
  return { userId: user.id, factorId: '', challengeType, purpose, network, isKnownNetwork, now, expiresAt };
}
