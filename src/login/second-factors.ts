import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import type { Claim } from '../verification/claims.js';
import { OpenMethods } from '../verification/open-methods.js';
import { Verifier } from '../verification/verifier.js';
import { provenFirst, type SeenAttempt } from './first-half.js';
import { type GivenProof, GivenProofs, type SecondFactor } from './given-proofs.js';
import type { LoginOutcome, Opening } from './login.js';
import { audienceOf, PendingLogins } from './pending-logins.js';
import { RecoveryLogin } from './recovery-login.js';

/** How a login is decided. */
interface Deciding {
  opening?: Opening;
}

/** Decides over the second half of a login for a user whose MFA is on. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly pendingLogins: PendingLogins,
    private readonly proofs: GivenProofs,
    private readonly verifier: Verifier,
    private readonly recovery: RecoveryLogin,
    private readonly openMethods: OpenMethods,
  ) {}

  /** @throws {MfaError} */
  async decide(
    attempt: SeenAttempt,
    row: AbstractMultiFactorAuth,
    { opening, ...second }: SecondFactor & Deciding,
  ): Promise<LoginOutcome> {
    const { pending, standing } = attempt;
    if (pending) this.pendingLogins.check({ ...attempt, pending }, audienceOf(opening));
    const given = this.proofs.of(row, second, pending);
    if (!given) return this.pendingLogins.begin(attempt, row, opening);
    try {
      return await this.prove(attempt, row, { ...given, opening });
    } catch (error) {
      throw this.openMethods.of(error, row, { purpose: 'login', isKnownNetwork: standing.isSiteKnown });
    }
  }

  private async prove(
    attempt: SeenAttempt,
    row: AbstractMultiFactorAuth,
    { opening, ...given }: GivenProof & Deciding,
  ): Promise<LoginOutcome> {
    const claim = claimOf(attempt, given, opening);
    const isRecovery = this.proofs.isRecovery(given);
    const { outcome, issued } = isRecovery
      ? await this.recovery.carryOut(attempt, row, { claim, opening })
      : { outcome: await this.verifier.verify(row, claim), issued: undefined };
    if (outcome.kind === 'waiting') return this.pendingLogins.waiting(attempt, row, opening);
    if (outcome.kind !== 'right') throw new MfaError(isRecovery ? 'invalid_backup_code' : 'invalid_mfa_code');
    const { amr, afterLock, isSecondFactor: factorProven } = outcome;
    const { userId, authEpoch } = outcome.row;
    // A recovery code signs in and is no second factor: it opens no route with @RequireMfa(). Nor does a code by a mail that may reset the password.
    const left = isRecovery ? this.recovery.left(outcome) : undefined;
    const proven = { amr: [...provenFirst(attempt), ...amr], factorProven, onlyRecovers: left === 0 };
    const signIn = { userId, authEpoch, afterLock, ...proven };
    return { kind: 'granted', signIn, issued, recoveryCodesRemaining: left };
  }
}

function claimOf(attempt: SeenAttempt, given: GivenProof, opening?: Opening): Claim {
  const { user, pending, standing, startedAt, network } = attempt;
  return {
    ...given,
    purpose: 'login',
    user: namedUser(user),
    pending,
    isKnownNetwork: standing.isSiteKnown,
    startedAt,
    origin: { network, clientId: opening?.grant?.clientId },
  };
}
