import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { KnownNetworks } from '../limits/known-networks.js';
import type { LiveSession } from '../session/live-session.js';
import { originOf } from '../session/session-origin.js';
import type { SignedIn } from '../session/signed-in-request.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import type { Claim } from '../verification/claims.js';
import { factorIdOf, type Method } from '../verification/methods.js';
import { OpenMethods } from '../verification/open-methods.js';
import { type RightProof, Verifier } from '../verification/verifier.js';
import type { StepUpCount } from './step-up-count.js';
import { StepUpCounts } from './step-up-counts.js';
import { StepUpPrompts } from './step-up-prompts.js';

/** A proof on a live session, as the client sent it. */
interface SentProof {
  proof: unknown;
  startedAt: Date;
  network: string;
  /** The token of a step-up that has begun, and the method that the proof is for. Without it, the default one. */
  mfaToken?: unknown;
  method?: unknown;
}

/** Proves the second factor again on a live session. */
@Injectable()
export class StepUp {
  constructor(
    private readonly prompts: StepUpPrompts,
    private readonly verifier: Verifier,
    private readonly known: KnownNetworks,
    private readonly counts: StepUpCounts,
    private readonly openMethods: OpenMethods,
  ) {}

  /** Returns the session with its new proof, or undefined while nobody has answered yet. @throws {MfaError} */
  async prove(
    given: SignedIn,
    row: AbstractMultiFactorAuth,
    { network, ...sent }: SentProof,
  ): Promise<LiveSession | undefined> {
    const { session, user } = given;
    const { isSiteKnown: isKnownNetwork } = await this.known.find(row.userId, network);
    const { method, ...asked } = this.askedOf(given, row, { network, ...sent });
    const claim: Claim = {
      ...asked,
      type: method.type,
      factorId: factorIdOf(method),
      purpose: 'step-up',
      proof: sent.proof,
      startedAt: sent.startedAt,
      user: namedUser(user),
      isKnownNetwork,
      origin: originOf(session, network),
    };
    if (!this.verifier.wouldJudge(row, claim)) throw new MfaError('invalid_mfa_code');
    return method.metadata.guessable ? this.counted(session, row, claim) : this.uncounted(session, row, claim);
  }

  private async counted(
    session: LiveSession,
    row: AbstractMultiFactorAuth,
    claim: Claim,
  ): Promise<LiveSession | undefined> {
    const attempts = this.counts.of(session);
    await attempts.pay(session, claim.startedAt);
    const outcome = await this.verifier.verify(row, claim).catch(async (error: unknown) => {
      await attempts.giveBack(session, claim.startedAt);
      throw this.openMethods.of(error, row, claim);
    });
    if (outcome.kind === 'right') return attempts.succeed(session, outcome.amr, claim.startedAt);
    if (outcome.kind === 'wrong')
      return refuse(attempts, session, { type: claim.type, network: claim.origin!.network! });
    await attempts.giveBack(session, claim.startedAt);
    return undefined;
  }

  // What nobody can guess needs no count, which would only keep the owner out.
  private async uncounted(
    session: LiveSession,
    row: AbstractMultiFactorAuth,
    claim: Claim,
  ): Promise<LiveSession | undefined> {
    const outcome = await this.verifier.verify(row, claim);
    if (outcome.kind === 'waiting') return undefined;
    if (outcome.kind !== 'right' || isSameAgain(session, outcome)) throw new MfaError('invalid_mfa_code');
    return this.counts.of(session).succeed(session, outcome.amr, claim.startedAt, false);
  }

  // Deux's step-up has no token, and is for the default factor.
  private askedOf(
    given: SignedIn,
    row: AbstractMultiFactorAuth,
    { mfaToken, method: id }: SentProof,
  ): Pick<Claim, 'phase' | 'pending'> & { method: Method } {
    if (mfaToken === undefined) return { method: this.prompts.default(row) };
    const pending = this.prompts.resume({ given, row }, mfaToken);
    const method = this.prompts.methodOf(row, pending, id);
    return { method, phase: pending.method === method.id ? pending.phase : undefined, pending };
  }
}

// Who holds a passkey that has not checked its user has one factor, however often it signs.
function isSameAgain({ amr }: LiveSession, { amr: proven, userVerified }: RightProof): boolean {
  return !userVerified && amr.length > 0 && amr.every((name) => proven.includes(name));
}

async function refuse(
  attempts: StepUpCount,
  session: LiveSession,
  { type, network }: { type: string; network: string },
): Promise<never> {
  await attempts.fail(session, type, network);
  throw new MfaError('invalid_mfa_code');
}
