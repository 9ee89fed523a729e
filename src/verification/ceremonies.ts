import { Injectable } from '@nestjs/common';
import type { Begun, Moment } from '../challenge/challenge.js';
import { codeExpiry } from '../challenge/sent-code.js';
import { MfaError } from '../core/mfa-error.js';
import type { Purpose } from '../core/purpose.js';
import { Attempts } from '../limits/attempts.js';
import type { Standing } from '../limits/known-networks.js';
import type { MessageContext, PlannedMessage } from '../messages/message.js';
import { Messages } from '../messages/messages.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { type Amended, type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import type { NamedUser } from '../users/user-directory.js';
import { CeremonyStarts } from './ceremony-starts.js';
import { type Method, Methods } from './methods.js';

/** A ceremony that has begun: what the client gets, and what the proof is judged with. */
export interface Ceremony {
  method: Method;
  show?: object;
  phase?: unknown;
  /** Whether it has sent a message. Undefined if it sends none. */
  sent?: boolean;
  /** The user's row after it. */
  row: AbstractMultiFactorAuth;
}

/** Who is asked for a proof, for what, and from which network. */
export interface CeremonyRequest {
  user: NamedUser;
  method: Method;
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
    private readonly starts: CeremonyStarts,
    private readonly store: MultiFactorAuthStore,
    private readonly messages: Messages,
    private readonly attempts: Attempts,
    private readonly methods: Methods,
  ) {}

  /** Begins a ceremony, and sends its message outside of a cooldown. @throws {MfaError} 503 if that fails */
  async begin(row: AbstractMultiFactorAuth, request: CeremonyRequest): Promise<Ceremony> {
    const { method } = request;
    const moment = this.starts.moment(method.type, request.user, request.purpose);
    const context = contextOf(request, moment);
    const { isKnownNetwork } = context;
    const { role, guessable, sends } = method.metadata;
    const wait = this.attempts.lockedSeconds(row, { role, guessable, isKnownNetwork }, moment.now);
    if (wait > 0) {
      // During a lock, codes are refused, so a message would be useless.
      await this.messages.reportLock(row, context, wait);
      return { method, row, ...(sends && { sent: false }) };
    }
    try {
      const { row: noted, outcome } = await this.carryOut(row, moment, { context, method });
      const { begun, planned } = outcome;
      const sent = planned ? planned.decision.kind === 'send' : undefined;
      return { method, show: begun.show, phase: begun.phase, sent, row: noted ?? row };
    } catch (cause) {
      const { code, retryAfterSeconds } = cause instanceof MfaError ? cause : new MfaError('challenge_failed');
      throw new MfaError(code, { status: 503, retryAfterSeconds, cause });
    }
  }

  private async carryOut(
    row: AbstractMultiFactorAuth,
    moment: Moment,
    asked: { context: MessageContext; method: Method },
  ): Promise<Amended<Prepared>> {
    const prepare = (seen: SeenRow) => this.prepare(seen, moment, asked);
    const { row: noted, outcome } = await this.store.amend(row.userId, prepare, row);
    const { planned } = outcome;
    if (planned?.decision.kind === 'send') await this.messages.deliver(planned, noted!);
    else if (planned) await this.messages.reportRefusal(planned, noted);
    return { row: noted, outcome };
  }

  // The row notes the message before it is sent, so one of many concurrent requests sends it.
  private async prepare(
    row: SeenRow,
    moment: Moment,
    { context, method: { id, type } }: { context: MessageContext; method: Method },
  ): Promise<Amendment<Prepared>> {
    const method = row ? this.methods.find(row, id) : undefined;
    // Another request has removed it.
    if (!row || !method) return { outcome: { begun: {} } };
    const foreseen = this.messages.foresee(row, context);
    if (foreseen) return { outcome: { begun: {}, planned: foreseen } };
    const begun = await this.starts.start(row.userId, method.factors, type, moment);
    if (!begun.message) return { outcome: { begun } };
    const isAlone = begun.show === undefined && begun.phase === undefined;
    const planned = this.messages.plan(row, begun.message, { ...context, isAlone });
    const change = planned.decision.kind === 'send' ? { sentMessages: planned.sentMessages } : undefined;
    return { change, outcome: { begun, planned } };
  }
}

function contextOf({ user, method, purpose, standing }: CeremonyRequest, moment: Moment): MessageContext {
  const { network, isSiteKnown: isKnownNetwork } = standing;
  const about = { userId: user.id, factorId: method.factors[0]!.id, challengeType: method.type, purpose };
  return { ...about, network, isKnownNetwork, now: moment.now, expiresAt: codeExpiry(moment) };
}
