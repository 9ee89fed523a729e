import { Injectable } from '@nestjs/common';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { CredentialIds } from '../store/credential-ids.js';
import type { Factor } from '../store/factor.js';
import type { Claim } from '../verification/claims.js';
import { type ProofOutcome, Verifier } from '../verification/verifier.js';
import { NewFactors } from './new-factors.js';

/** Lets a factor come into force only if no other user has the same credential, e.g. one passkey. */
@Injectable()
export class UniqueFactors {
  constructor(
    private readonly verifier: Verifier,
    private readonly newFactors: NewFactors,
    private readonly ids: CredentialIds,
  ) {}

  /** Returns the outcome of the proof of a new factor. One whose credential another factor has is `wrong`. @throws as `Verifier.verify` does */
  async verify(row: AbstractMultiFactorAuth, claim: Claim): Promise<ProofOutcome> {
    if (!this.newFactors.mustBeUnique(claim.type)) return this.verifier.verify(row, claim);
    const weighed = await this.verifier.weigh(row, claim);
    if (!weighed) return { kind: 'wrong' };
    const { proven } = weighed;
    // Before the factor is in force: what came after it could be overtaken by another user's.
    if (proven && !(await this.claim(row.userId, proven))) return { kind: 'wrong' };
    return this.verifier.conclude(weighed);
  }

  /** Claims the credential of a factor, if it has one. False if another factor has it. */
  async claim(userId: string, factor: Factor): Promise<boolean> {
    const identity = await this.newFactors.identity(userId, factor);
    return identity === undefined || this.ids.claim({ type: factor.type, identity }, { userId, factorId: factor.id });
  }
}
