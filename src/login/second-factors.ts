import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { MfaError } from '../core/mfa-error.js';
import type { Standing } from '../limits/known-networks.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import { Ceremonies } from '../verification/ceremonies.js';
import { Verifier } from '../verification/verifier.js';
import type { LoginAttempt } from './first-half.js';
import type { LoginOutcome } from './login.js';

/** The second half of a login, as the client sent it. Without a code, the login asks for the second factor. */
export interface SecondFactor {
  /** The proof of the second factor: a code, or JSON for the challenge. */
  mfaCode?: unknown;
  backupCode?: unknown;
  /** The `phase` of the outcome that asked for the factor. */
  phase?: unknown;
}

/** An attempt of which it is known whether its user has signed in from there. */
type StandingAttempt = LoginAttempt & { standing: Standing };

/** Decides over the second half of a login for a user whose MFA is on. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly ceremonies: Ceremonies,
    private readonly verifier: Verifier,
  ) {}

  /** @throws {MfaError} */
  async decide(attempt: StandingAttempt, row: AbstractMultiFactorAuth, second: SecondFactor): Promise<LoginOutcome> {
    const { mfaCode, backupCode, phase } = second;
    if (mfaCode !== undefined && backupCode !== undefined) throw new MfaError('both_codes');
    if (mfaCode !== undefined) return this.prove(attempt, row, { type: row.challengeType, proof: mfaCode, phase });
    const type = this.registry.recoveryType;
    if (backupCode !== undefined) return this.prove(attempt, row, { type: type!, proof: backupCode });
    const user = namedUser(attempt.user);
    const ceremony = await this.ceremonies.begin(row, { user, purpose: 'login', standing: attempt.standing });
    return { kind: 'challenged', challengeType: ceremony.type, show: ceremony.show, phase: ceremony.phase };
  }

  private async prove(
    { user, startedAt, standing }: StandingAttempt,
    row: AbstractMultiFactorAuth,
    given: { type: string; proof: unknown; phase?: unknown },
  ): Promise<LoginOutcome> {
    const about = { user: namedUser(user), startedAt, isKnownNetwork: standing.isSiteKnown };
    const claim = { ...given, purpose: 'login', ...about } as const;
    const outcome = await this.verifier.verify(row, claim);
    const isRecovery = given.type === this.registry.recoveryType;
    if (outcome.kind === 'waiting') return { kind: 'challenged', challengeType: given.type };
    if (outcome.kind !== 'right') throw new MfaError(isRecovery ? 'invalid_backup_code' : 'invalid_mfa_code');
    const { amr, afterLock } = outcome;
    const { userId, authEpoch } = outcome.row;
    // A recovery code signs in, but is no second factor: it opens no route with @RequireMfa().
    const signIn = { userId, amr: ['pwd', ...amr], authEpoch, factorProven: !isRecovery, afterLock };
    return { kind: 'granted', signIn };
  }
}
