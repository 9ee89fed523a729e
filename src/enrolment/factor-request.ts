import { Injectable } from '@nestjs/common';
import { codeExpiry } from '../challenge/sent-code.js';
import { MfaError } from '../core/mfa-error.js';
import { Attempts } from '../limits/attempts.js';
import type { PlannedMessage } from '../messages/message.js';
import { Messages } from '../messages/messages.js';
import type { SignedIn } from '../session/signed-in-request.js';
import { refuseEnded } from '../session/unauthenticated.js';
import { Freshness } from '../step-up/freshness.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { beforeRequest, beforeUnanswered, pendingWith } from '../store/row-changes.js';
import { namedUser } from '../users/user-directory.js';
import { type NewFactor, NewFactors } from './new-factors.js';

/** A request for a factor. */
export interface RequestedFactor {
  type: string;
  body: unknown;
  network: string;
  startedAt: Date;
}

/** The result of a request: the row after it, and what the user is shown. */
export interface FactorRequested {
  row: SeenRow;
  show?: object;
}

/** The decision over one version of a row. */
interface Decided {
  before: SeenRow;
  show?: object;
  planned?: PlannedMessage;
}

/** The first step of turning MFA on: makes a pending factor and starts its ceremony. */
@Injectable()
export class FactorRequest {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly newFactors: NewFactors,
    private readonly messages: Messages,
    private readonly attempts: Attempts,
    private readonly freshness: Freshness,
  ) {}

  /** Adds a pending factor, and sends its code if it has one. @throws {MfaError} */
  async carryOut(signedIn: SignedIn, { type, body, network, startedAt }: RequestedFactor): Promise<FactorRequested> {
    const request = await this.newFactors.read(type, body);
    // Refused before the factor is made: making it may reveal whether a number can be enrolled.
    this.refuseUnlessOpen(signedIn, signedIn.row, startedAt);
    const user = namedUser(signedIn.user);
    const made = await this.newFactors.make(type, request, user);
    const decide = (row: SeenRow) => this.decide(signedIn, row, made, network);
    const { row, outcome } = await this.store.amend(user.id, decide, signedIn.row);
    const { planned, show, before } = outcome;
    if (planned?.decision.kind === 'send') {
      const pending = { id: planned.context.factorId, type };
      await this.messages.deliver(planned, row!, [beforeRequest(before), beforeUnanswered(before, pending)]);
    }
    if (planned && planned.decision.kind !== 'send') await this.refuseUnlessPending(planned, row);
    return { row, show };
  }

  private async decide(
    signedIn: SignedIn,
    row: SeenRow,
    made: NewFactor,
    network: string,
  ): Promise<Amendment<Decided>> {
    this.refuseUnlessOpen(signedIn, row, made.moment.now);
    const { factor, begun } = await this.newFactors.start(row, made);
    const { show, message } = begun;
    if (!message) return { change: pendingWith(row, factor), outcome: { before: row, show } };
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
    return { change, outcome: { before: row, show, planned } };
  }

  private refuseUnlessOpen({ session }: SignedIn, row: SeenRow, now: Date): void {
    if (row?.enabled) throw new MfaError('mfa_enabled');
    if (row) this.attempts.refuseIfLocked(row, { role: 'factor', isKnownNetwork: false }, now);
    refuseEnded(session, row);
    this.freshness.requireForEnrolment(session);
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
