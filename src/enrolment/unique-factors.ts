import { Injectable } from '@nestjs/common';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Claim } from '../verification/claims.js';
import { type ProofOutcome, Verifier } from '../verification/verifier.js';
import { KnownFactors } from './known-factors.js';

/** Lets a factor come into force only if no other user has the same device, e.g. one passkey. */
@Injectable()
export class UniqueFactors {
  constructor(
    private readonly verifier: Verifier,
    private readonly known: KnownFactors,
  ) {}

  /** Returns the outcome of the proof of a new factor. One whose device another factor has is `wrong`. @throws as `Verifier.verify` does */
  async verify(row: AbstractMultiFactorAuth, claim: Claim): Promise<ProofOutcome> {
    if (!this.known.areUnique(claim.type)) return this.verifier.verify(row, claim);
    const weighed = await this.verifier.weigh(row, claim);
    if (!weighed) return { kind: 'wrong' };
    // Before the factor is in force: what came after it could be overtaken by another user's.
    const isFree = !weighed.proven || (await this.known.claim(row.userId, weighed.proven));
    return isFree ? this.verifier.conclude(weighed) : { kind: 'wrong' };
  }
}
