import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { KnownNetworks } from '../limits/known-networks.js';
import { originOf } from '../session/session-origin.js';
import type { SignedIn } from '../session/signed-in-request.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import { Ceremonies } from '../verification/ceremonies.js';
import { Verifier } from '../verification/verifier.js';
import { StepUpAttempts } from './step-up-attempts.js';

/** Proves the second factor again on a live session. */
@Injectable()
export class StepUp {
  constructor(
    private readonly ceremonies: Ceremonies,
    private readonly verifier: Verifier,
    private readonly known: KnownNetworks,
    private readonly attempts: StepUpAttempts,
  ) {}

  /** Begins a step-up, with a message if the factor needs one. @throws {MfaError} 503 if that fails */
  async begin({ user }: SignedIn, row: AbstractMultiFactorAuth, network: string): Promise<void> {
    const standing = await this.known.find(row.userId, network);
    await this.ceremonies.begin(row, { user: namedUser(user), purpose: 'step-up', standing });
  }

  /** Returns true if the proof is right, and false while nobody has answered yet. @throws {MfaError} */
  async prove(
    { session, user }: SignedIn,
    row: AbstractMultiFactorAuth,
    { network, ...given }: { proof: unknown; startedAt: Date; network: string },
  ): Promise<boolean> {
    const { isSiteKnown: isKnownNetwork } = await this.known.find(row.userId, network);
    const about = {
      type: row.challengeType,
      user: namedUser(user),
      isKnownNetwork,
      origin: originOf(session, network),
    };
    const claim = { ...given, purpose: 'step-up', ...about } as const;
    if (!this.verifier.wouldJudge(row, claim)) throw new MfaError('invalid_mfa_code');
    await this.attempts.pay(session, given.startedAt);
    const outcome = await this.verifier.verify(row, claim).catch(async (error: unknown) => {
      await this.attempts.giveBack(session);
      throw error;
    });
    if (outcome.kind === 'waiting') await this.attempts.giveBack(session);
    if (outcome.kind === 'wrong') await this.refuse(session, row, network);
    if (outcome.kind === 'right') await this.attempts.succeed(session, outcome.amr, given.startedAt);
    return outcome.kind === 'right';
  }

  private async refuse(
    session: MfaSession,
    { challengeType }: AbstractMultiFactorAuth,
    network: string,
  ): Promise<never> {
    await this.attempts.fail(session, challengeType, network);
    throw new MfaError('invalid_mfa_code');
  }
}
