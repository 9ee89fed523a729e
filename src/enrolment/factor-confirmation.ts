import { Injectable } from '@nestjs/common';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { VerifiedShare } from '../limits/verified-share.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import type { SignedIn } from '../session/signed-in-request.js';
import { refuseEnded } from '../session/unauthenticated.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { namedUser } from '../users/user-directory.js';
import { Verifier } from '../verification/verifier.js';

/** The proof of a requested factor. */
export interface RequestedProof {
  type: string;
  proof: unknown;
  startedAt: Date;
  network?: string;
}

/** The second step of turning MFA on: a proof of the requested factor. */
@Injectable()
export class FactorConfirmation {
  constructor(
    private readonly verifier: Verifier,
    private readonly sessions: Sessions,
    private readonly share: VerifiedShare,
    private readonly events: EventTeller,
  ) {}

  /** Confirms a requested factor: turns MFA on and ends the user's other sessions. Returns the new row. @throws {MfaError} */
  async verify({ session, user: owner, row }: SignedIn, { network, ...requested }: RequestedProof): Promise<SeenRow> {
    if (row?.enabled) throw new MfaError('mfa_enabled');
    refuseEnded(session, row);
    const user = namedUser(owner);
    const origin = originOf(session, network);
    const about = { user, isKnownNetwork: false, origin };
    const outcome = row && (await this.verifier.verify(row, { ...requested, ...about, purpose: 'enrolment' }));
    // Nobody has answered yet: MFA is still off, and the answer says so.
    if (outcome?.kind === 'waiting') return row;
    if (outcome?.kind !== 'right') throw new MfaError('invalid_mfa_code');
    await this.sessions.continueProven(session, outcome.row.authEpoch, outcome.amr);
    const at = outcome.row.updatedAt;
    await this.events.tell({ type: 'enabled', userId: user.id, at, challengeType: requested.type }, origin);
    await this.countVerified(outcome.row, requested.type);
    return outcome.row;
  }

  private async countVerified(
    { userId, factors, sentMessages, updatedAt }: AbstractMultiFactorAuth,
    type: string,
  ): Promise<void> {
    const factor = factors.find((one) => one.type === type);
    const message = factor && sentMessages.findLast(({ factorId }) => factorId === factor.id);
    if (message) await this.share.recordVerified({ ...message, userId, now: updatedAt });
  }
}
