import { Injectable } from '@nestjs/common';
import { BackupCodeOptions } from '../challenge/recovery/backup-code-options.js';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { MfaError } from '../core/mfa-error.js';
import { Sessions } from '../session/sessions.js';
import type { IssuedSession } from '../session/sign-in.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Claim } from '../verification/claims.js';
import { type ProofOutcome, type RightProof, Verifier } from '../verification/verifier.js';
import { provenFirst, type SeenAttempt } from './first-half.js';
import type { Opening } from './login.js';

/** A login by a recovery code, and the session that it opens. */
interface RecoveryClaim {
  claim: Claim;
  /** Undefined if the application signs the user in itself. */
  opening?: Opening;
}

/** Signs in by a recovery code. */
@Injectable()
export class RecoveryLogin {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly verifier: Verifier,
    private readonly sessions: Sessions,
    private readonly options: BackupCodeOptions,
  ) {}

  // Where a code turns MFA off, as in Deux, the answer stays Deux's.
  private get keepsMfa(): boolean {
    return this.options.onUse === 'keep';
  }

  /** How many codes a login by one of them has left, if MFA stays on. */
  left({ remaining }: RightProof): number | undefined {
    return this.keepsMfa ? remaining : undefined;
  }

  /**
   * Opens the session first, in the epoch that the code will bring, in which it is not valid yet. So a code that turns MFA off does so only
   * for a user who gets a token. Where it stays on, the session may only recover until it is known how many codes are left.
   * @throws {MfaError}
   */
  async carryOut(
    attempt: SeenAttempt,
    row: AbstractMultiFactorAuth,
    { claim, opening }: RecoveryClaim,
  ): Promise<{ outcome: ProofOutcome; issued?: IssuedSession }> {
    const weighed = await this.verifier.weigh(row, claim);
    if (!weighed) return { outcome: { kind: 'wrong' } };
    if (weighed.nextEpoch === undefined) return { outcome: await this.verifier.conclude(weighed) };
    // Codes wait for their slow hash. Nobody is there any more who could use the token.
    if (attempt.signal?.aborted) throw new MfaError('unavailable');
    // The application's credential can only come after this, so nothing can be opened first: MFA is off from the moment that its `finish` or
    // `decide` answers, also if the application then fails. `onUse: 'keep'` avoids that.
    if (!opening) return { outcome: await this.verifier.conclude(weighed) };
    const amr = [...provenFirst(attempt), ...this.registry.get(claim.type)!.metadata.amr];
    const { nextEpoch: authEpoch } = weighed;
    const signIn = { userId: row.userId, amr, authEpoch, factorProven: false, onlyRecovers: this.keepsMfa };
    const issued = await this.sessions.open(signIn, opening.grant);
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
  private async settled(issued: IssuedSession, outcome: RightProof): Promise<IssuedSession> {
    const { authEpoch, enabled } = outcome.row;
    const current = await this.sessions.settled(issued, { authEpoch, onlyRecovers: this.left(outcome) === 0 });
    if (enabled) await this.sessions.endOldest(current.session);
    return current;
  }
}
