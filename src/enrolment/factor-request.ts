import { Injectable } from '@nestjs/common';
import { codeExpiry } from '../challenge/sent-code.js';
import { MfaError } from '../core/mfa-error.js';
import type { PlannedMessage } from '../messages/message.js';
import { Messages } from '../messages/messages.js';
import type { SignedIn } from '../session/signed-in-request.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { beforeRequest, beforeUnanswered, pendingWith } from '../store/row-changes.js';
import { namedUser } from '../users/user-directory.js';
import { EnrolmentGate } from './enrolment-gate.js';
import { KnownFactors } from './known-factors.js';
import { type NewFactor, NewFactors } from './new-factors.js';

/** A request for a factor. */
export interface RequestedFactor {
  type: string;
  body: unknown;
  network: string;
  startedAt: Date;
  /** What the user calls it. */
  name?: string;
  /** Whether it is added to the factors that the user has, if there are any. Otherwise it is refused while MFA is on. */
  isAdded?: boolean;
}

/** The result of a request: the row after it, and what the user is shown. */
export interface FactorRequested {
  row: SeenRow;
  factor: Factor;
  show?: object;
}

/** The decision over one version of a row. */
interface Decided {
  before: SeenRow;
  factor: Factor;
  show?: object;
  planned?: PlannedMessage;
}

/** The first step of turning MFA on: makes a pending factor and starts its ceremony. */
@Injectable()
export class FactorRequest {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly newFactors: NewFactors,
    private readonly known: KnownFactors,
    private readonly messages: Messages,
    private readonly gate: EnrolmentGate,
  ) {}

  /** Adds a pending factor, and sends its code if it has one. @throws {MfaError} */
  async carryOut(signedIn: SignedIn, requested: RequestedFactor): Promise<FactorRequested> {
    const { type, body, startedAt, name } = requested;
    if (!this.newFactors.has(type)) throw new MfaError('method_not_available');
    const request = await this.newFactors.read(type, body);
    // Refused before the factor is made: making it may reveal whether a number can be enrolled.
    this.gate.refuseUnlessOpen(signedIn.session, signedIn.row, requested, startedAt);
    const user = namedUser(signedIn.user);
    const made = await this.newFactors.make(type, request, user, name);
    const decide = (row: SeenRow) => this.decide(signedIn, row, made, requested);
    const { row, outcome } = await this.store.amend(user.id, decide, signedIn.row);
    const { planned, show, before, factor } = outcome;
    if (planned?.decision.kind === 'send') {
      const pending = { id: planned.context.factorId, type };
      await this.messages.deliver(planned, row!, [beforeRequest(before), beforeUnanswered(before, pending)]);
    }
    if (planned && planned.decision.kind !== 'send') await this.refuseUnlessPending(planned, row);
    return { row, factor, show };
  }

  private async decide(
    signedIn: SignedIn,
    row: SeenRow,
    made: NewFactor,
    requested: RequestedFactor,
  ): Promise<Amendment<Decided>> {
    this.gate.refuseUnlessOpen(signedIn.session, row, requested, made.moment.now);
    if (row?.enabled && (await this.known.include(row, made))) throw new MfaError('factor_exists');
    const { network } = requested;
    const { factor, begun } = await this.newFactors.start(row, made);
    const { show, message } = begun;
    if (!message) return { change: pendingWith(row, factor), outcome: { before: row, factor, show } };
    const { type: challengeType, id: factorId } = factor;
    const { now, user } = made.moment;
    const expiresAt = codeExpiry(made.moment);
    // A user who enrols has signed in.
    const from = { network, isKnownNetwork: true };
    const context = {
      userId: user.id,
      factorId,
      challengeType,
      purpose: 'enrolment',
      ...from,
      now,
      expiresAt,
    } as const;
    const planned = this.messages.plan(row, message, context);
    const { sentMessages } = planned;
    const change = planned.decision.kind === 'send' ? { ...pendingWith(row, factor), sentMessages } : undefined;
    return { change, outcome: { before: row, factor, show, planned } };
  }

  // During the cooldown, a request for the pending factor gets the usual answer: its code is on the way.
  private async refuseUnlessPending(planned: PlannedMessage, row: AbstractMultiFactorAuth | null): Promise<void> {
    await this.messages.reportRefusal(planned, row);
    const { decision, context } = planned;
    const isPending = row?.pendingFactors.some(({ id }) => id === context.factorId) ?? false;
    if (decision.kind === 'send' || isPending) return;
    throw new MfaError('locked', { retryAfterSeconds: decision.retryAfterSeconds });
  }
}
