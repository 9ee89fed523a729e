import { Injectable } from '@nestjs/common';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { VerifiedShare } from '../limits/verified-share.js';
import type { LiveSession } from '../session/live-session.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import type { SignedIn } from '../session/signed-in-request.js';
import { refuseEnded } from '../session/unauthenticated.js';
import { Freshness } from '../step-up/freshness.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { namedUser } from '../users/user-directory.js';
import { UniqueFactors } from './unique-factors.js';

/** The proof of a requested factor. */
export interface RequestedProof {
  type: string;
  /** The pending factor, if it is added to others. */
  factorId?: string;
  proof: unknown;
  startedAt: Date;
  network?: string;
}

/** What a proof has led to. */
export interface Confirmed {
  row: SeenRow;
  /** The session, which goes on. Undefined while nobody has answered. */
  goesOn?: LiveSession;
}

/** The second step of turning MFA on: a proof of the requested factor. */
@Injectable()
export class FactorConfirmation {
  constructor(
    private readonly factors: UniqueFactors,
    private readonly sessions: Sessions,
    private readonly share: VerifiedShare,
    private readonly events: EventTeller,
    private readonly freshness: Freshness,
  ) {}

  /** Confirms a requested factor: turns MFA on and ends the user's other sessions. @throws {MfaError} */
  async verify({ session, user: owner, row }: SignedIn, { network, ...requested }: RequestedProof): Promise<Confirmed> {
    const isAdded = row?.enabled ?? false;
    if (isAdded && requested.factorId === undefined) throw new MfaError('mfa_enabled');
    refuseEnded(session, row);
    const user = namedUser(owner);
    const origin = originOf(session, network);
    const by = { user, isKnownNetwork: false, origin };
    const outcome = row && (await this.factors.verify(row, { ...requested, ...by, purpose: 'enrolment' }));
    // Nobody has answered yet: MFA is still off, and the answer says so.
    if (outcome?.kind === 'waiting') return { row };
    if (outcome?.kind !== 'right') throw new MfaError('invalid_mfa_code');
    const goesOn = await this.sessions.continueProven(session, outcome.row.authEpoch, outcome);
    const about = { userId: user.id, at: outcome.row.updatedAt, challengeType: requested.type };
    await this.events.tell({ type: isAdded ? 'factor_added' : 'enabled', ...about }, origin);
    await this.countVerified(outcome.row, requested);
    return { row: outcome.row, goesOn };
  }

  /**
   * Confirms one requested factor, whether it is the first or another one, and returns it. A factor that waits for its user's answer is
   * returned as it was. @throws {MfaError}
   */
  async verifyOne(
    given: SignedIn,
    { factorId, ...rest }: Omit<RequestedProof, 'type'> & { factorId: string },
  ): Promise<{ factor: Factor; goesOn?: LiveSession }> {
    this.freshness.requireForManagement(given.session, given.row);
    const pending = given.row?.pendingFactors.find(({ id }) => id === factorId);
    if (!pending) throw new MfaError('invalid_mfa_code');
    const { row, goesOn } = await this.verify(given, { ...rest, type: pending.type, factorId });
    return { factor: row?.factors.find(({ id }) => id === factorId) ?? pending, goesOn };
  }

  private async countVerified(
    { userId, factors, sentMessages, updatedAt }: AbstractMultiFactorAuth,
    { type, factorId }: RequestedProof,
  ): Promise<void> {
    const factor = factors.find((one) => (factorId === undefined ? one.type === type : one.id === factorId));
    const message = factor && sentMessages.findLast((one) => one.factorId === factor.id);
    if (message) await this.share.recordVerified({ ...message, userId, now: updatedAt });
  }
}
