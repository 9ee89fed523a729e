import { Injectable } from '@nestjs/common';
import { ChallengeRegistry } from '../challenge/challenge-registry.js';
import { MfaError } from '../core/mfa-error.js';
import { Sessions } from '../session/sessions.js';
import type { IssuedSession } from '../session/sign-in.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import type { Claim } from '../verification/claims.js';
import { factorIdOf, Methods } from '../verification/methods.js';
import type { PendingProof } from '../verification/pending-proofs.js';
import { type ProofOutcome, Verifier } from '../verification/verifier.js';
import type { SeenAttempt } from './first-half.js';
import type { LoginOutcome, Opening } from './login.js';
import { audienceOf, PendingLogins } from './pending-logins.js';

/** The second half of a login, as the client sent it. Without a code, the login asks for the second factor. */
export interface SecondFactor {
  /** The proof of the second factor: a code, or JSON for the challenge. */
  mfaCode?: unknown;
  backupCode?: unknown;
  /** The id of the method that `mfaCode` is for. Default: the one that the login has begun, or the user's default one. */
  method?: unknown;
}

/** A proof of the second half of a login. */
interface GivenProof {
  type: string;
  factorId?: string;
  proof: unknown;
  phase?: unknown;
}

/** How a login is decided. */
interface Deciding {
  opening?: Opening;
}

/** Decides over the second half of a login for a user whose MFA is on. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly pendingLogins: PendingLogins,
    private readonly methods: Methods,
    private readonly verifier: Verifier,
    private readonly sessions: Sessions,
  ) {}

  /** @throws {MfaError} */
  async decide(
    attempt: SeenAttempt,
    row: AbstractMultiFactorAuth,
    { opening, ...second }: SecondFactor & Deciding,
  ): Promise<LoginOutcome> {
    const { pending } = attempt;
    if (pending) this.pendingLogins.check({ ...attempt, pending }, audienceOf(opening));
    const given = this.given(row, second, pending);
    return given ? this.prove(attempt, row, { ...given, opening }) : this.pendingLogins.begin(attempt, row, opening);
  }

  private given(
    row: AbstractMultiFactorAuth,
    { mfaCode, backupCode, method: id }: SecondFactor,
    pending?: PendingProof,
  ): GivenProof | undefined {
    if (mfaCode !== undefined && backupCode !== undefined) throw new MfaError('both_codes');
    if (backupCode !== undefined) return { type: this.registry.recoveryType!, proof: backupCode };
    if (mfaCode === undefined) return undefined;
    if (!pending && id === undefined) return { type: row.challengeType, proof: mfaCode };
    const method = id === undefined ? this.pendingLogins.current(row, pending!) : this.methods.named(row, id);
    const phase = pending?.method === method.id ? pending.phase : undefined;
    return { type: method.type, factorId: factorIdOf(method), proof: mfaCode, phase };
  }

  private async prove(
    attempt: SeenAttempt,
    row: AbstractMultiFactorAuth,
    { opening, ...given }: GivenProof & Deciding,
  ): Promise<LoginOutcome> {
    const { pending, standing, startedAt, network } = attempt;
    const claim: Claim = {
      ...given,
      purpose: 'login',
      user: namedUser(attempt.user),
      pending,
      isKnownNetwork: standing.isSiteKnown,
      startedAt,
      origin: { network, clientId: opening?.grant?.clientId },
    };
    const isRecovery = given.type === this.registry.recoveryType;
    const { outcome, issued } =
      isRecovery && opening
        ? await this.recover(attempt, row, { claim, opening })
        : { outcome: await this.verifier.verify(row, claim) };
    if (outcome.kind === 'waiting') return this.pendingLogins.waiting(attempt, row, opening);
    if (outcome.kind !== 'right') throw new MfaError(isRecovery ? 'invalid_backup_code' : 'invalid_mfa_code');
    const { amr, afterLock } = outcome;
    const { userId, authEpoch } = outcome.row;
    // A recovery code signs in, but is no second factor: it opens no route with @RequireMfa().
    const signIn = { userId, amr: [...firstOf(attempt), ...amr], authEpoch, factorProven: !isRecovery, afterLock };
    return { kind: 'granted', signIn, issued };
  }

  // The session comes first, in the epoch that the code will bring, in which it is not valid yet. So a code that turns MFA off does
  // so only for a user who gets a token.
  private async recover(
    attempt: SeenAttempt,
    row: AbstractMultiFactorAuth,
    { claim, opening: { grant } }: { claim: Claim; opening: Opening },
  ): Promise<{ outcome: ProofOutcome; issued?: IssuedSession }> {
    const weighed = await this.verifier.weigh(row, claim);
    if (!weighed) return { outcome: { kind: 'wrong' } };
    if (weighed.nextEpoch === undefined) return { outcome: await this.verifier.conclude(weighed) };
    // Codes wait for their slow hash. Nobody is there any more who could use the token.
    if (attempt.signal?.aborted) throw new MfaError('unavailable');
    const amr = [...firstOf(attempt), ...this.registry.get(claim.type)!.metadata.amr];
    const signIn = { userId: row.userId, amr, authEpoch: weighed.nextEpoch, factorProven: false };
    const issued = await this.sessions.open(signIn, grant);
    try {
      const outcome = await this.verifier.conclude(weighed);
      if (outcome.kind === 'right') return { outcome, issued: await this.settled(issued, outcome.row) };
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
    { authEpoch, enabled }: AbstractMultiFactorAuth,
  ): Promise<IssuedSession> {
    const current = await this.sessions.inEpoch(issued, authEpoch);
    if (enabled) await this.sessions.endOldest(current.session);
    return current;
  }
}

/** Returns what the first half has proven (RFC 8176). */
function firstOf({ pending }: SeenAttempt): string[] {
  return pending?.amr ?? ['pwd'];
}
