import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import type { SignedIn } from '../session/signed-in-request.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { namedUser } from '../users/user-directory.js';
import { Ceremonies } from '../verification/ceremonies.js';
import { Verifier } from '../verification/verifier.js';

/** Proves the second factor again on a live session. */
@Injectable()
export class StepUp {
  constructor(
    private readonly ceremonies: Ceremonies,
    private readonly verifier: Verifier,
    private readonly sessions: Sessions,
  ) {}

  /** Begins a step-up, with a message if the factor needs one. @throws {MfaError} 503 if that fails */
  async begin({ user }: SignedIn, row: AbstractMultiFactorAuth, network: string): Promise<void> {
    await this.ceremonies.begin(row, { user: namedUser(user), purpose: 'step-up', network });
  }

  /** Returns true if the proof is right, and false while nobody has answered yet. @throws {MfaError} */
  async prove(
    { session, user }: SignedIn,
    row: AbstractMultiFactorAuth,
    { proof, startedAt, network }: { proof: unknown; startedAt: Date; network?: string },
  ): Promise<boolean> {
    const origin = originOf(session, network);
    const type = row.challengeType;
    const claim = { type, purpose: 'step-up', proof, user: namedUser(user), startedAt, origin } as const;
    const outcome = await this.verifier.verify(row, claim);
    if (outcome.kind === 'waiting') return false;
    if (outcome.kind !== 'right') throw new MfaError('invalid_mfa_code');
    await this.sessions.recordFactor(session, outcome.amr);
    return true;
  }
}
