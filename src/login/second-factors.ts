import { Injectable } from '@nestjs/common';
import { BackupCodeOptions } from '../challenge/recovery/backup-code-options.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { MfaError } from '../core/mfa-error.js';
import type { Standing } from '../limits/known-networks.js';
import { Sessions } from '../session/sessions.js';
import type { IssuedSession } from '../session/sign-in.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import { Ceremonies } from '../verification/ceremonies.js';
import type { Claim } from '../verification/claims.js';
import { type ProofOutcome, type RightProof, Verifier } from '../verification/verifier.js';
import type { LoginAttempt } from './first-half.js';
import type { LoginOutcome, Opening } from './login.js';

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
/** A proof of the second half of a login. */
interface GivenProof {
  type: string;
  proof: unknown;
  phase?: unknown;
  /** Given if the session is opened before the outcome is written. */
  opening?: Opening;
  clientId?: string;
}

/** Decides over the second half of a login for a user whose MFA is on. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly ceremonies: Ceremonies,
    private readonly verifier: Verifier,
    private readonly sessions: Sessions,
    private readonly options: BackupCodeOptions,
  ) {}

  // Where a code turns MFA off, as in Deux, the answer stays Deux's.
  private get keepsMfa(): boolean {
    return this.options.onUse === 'keep';
  }

  /** @throws {MfaError} */
  async decide(
    attempt: StandingAttempt,
    row: AbstractMultiFactorAuth,
    second: SecondFactor & { opening?: Opening },
  ): Promise<LoginOutcome> {
    const { mfaCode, backupCode, phase, opening } = second;
    const clientId = opening?.grant?.clientId;
    if (mfaCode !== undefined && backupCode !== undefined) throw new MfaError('both_codes');
    if (mfaCode !== undefined)
      return this.prove(attempt, row, { type: row.challengeType, proof: mfaCode, phase, clientId });
    const type = this.registry.recoveryType;
    if (backupCode !== undefined)
      return this.prove(attempt, row, { type: type!, proof: backupCode, opening, clientId });
    const user = namedUser(attempt.user);
    const ceremony = await this.ceremonies.begin(row, { user, purpose: 'login', standing: attempt.standing });
    return { kind: 'challenged', challengeType: ceremony.type, show: ceremony.show, phase: ceremony.phase };
  }

  private async prove(
    attempt: StandingAttempt,
    row: AbstractMultiFactorAuth,
    { opening, clientId, ...given }: GivenProof,
  ): Promise<LoginOutcome> {
    const claim: Claim = {
      ...given,
      purpose: 'login',
      user: namedUser(attempt.user),
      isKnownNetwork: attempt.standing.isSiteKnown,
      startedAt: attempt.startedAt,
      origin: { network: attempt.network, clientId },
    };
    const isRecovery = given.type === this.registry.recoveryType;
    const { outcome, issued } = opening
      ? await this.recover(attempt, row, { claim, opening })
      : { outcome: await this.verifier.verify(row, claim) };
    if (outcome.kind === 'waiting') return { kind: 'challenged', challengeType: given.type };
    if (outcome.kind !== 'right') throw new MfaError(isRecovery ? 'invalid_backup_code' : 'invalid_mfa_code');
    const { amr, afterLock } = outcome;
    const { userId, authEpoch } = outcome.row;
    const left = isRecovery && this.keepsMfa ? outcome.remaining : undefined;
    // A recovery code signs in, but is no second factor: it opens no route with @RequireMfa().
    const proven = { amr: ['pwd', ...amr], factorProven: !isRecovery, onlyRecovers: left === 0 };
    const signIn = { userId, authEpoch, afterLock, ...proven };
    return { kind: 'granted', signIn, issued, recoveryCodesRemaining: left };
  }

  // The session comes first, in the epoch that the code will bring, in which it is not valid yet. So a code that turns MFA off does
  // so only for a user who gets a token. Where it stays on, the session may only recover until it is known how many codes are left.
  private async recover(
    { signal }: LoginAttempt,
    row: AbstractMultiFactorAuth,
    { claim, opening: { grant } }: { claim: Claim; opening: Opening },
  ): Promise<{ outcome: ProofOutcome; issued?: IssuedSession }> {
    const weighed = await this.verifier.weigh(row, claim);
    if (!weighed) return { outcome: { kind: 'wrong' } };
    if (weighed.nextEpoch === undefined) return { outcome: await this.verifier.conclude(weighed) };
    // Codes wait for their slow hash. Nobody is there any more who could use the token.
    if (signal?.aborted) throw new MfaError('unavailable');
    const amr = ['pwd', ...this.registry.get(claim.type)!.metadata.amr];
    const { nextEpoch: authEpoch } = weighed;
    const signIn = { userId: row.userId, amr, authEpoch, factorProven: false, onlyRecovers: this.keepsMfa };
    const issued = await this.sessions.open(signIn, grant);
    try {
      const outcome = await this.verifier.conclude(weighed);
      if (outcome.kind === 'right') return { outcome, issued: await this.settled(issued, outcome) };
      await this.sessions.end(issued.session.id);
      return { outcome };
    } catch (error) {
      await this.sessions.end(issued.session.id);
      throw error;
    }
  }

  // Where the code has turned MFA off, all other sessions are dead, and nothing that could fail may follow.
  private async settled(
    issued: IssuedSession,
    { row: { authEpoch, enabled }, remaining }: RightProof,
  ): Promise<IssuedSession> {
    const onlyRecovers = this.keepsMfa && remaining === 0;
    const current = await this.sessions.settled(issued, { authEpoch, onlyRecovers });
    if (enabled) await this.sessions.endOldest(current.session);
    return current;
  }
}
