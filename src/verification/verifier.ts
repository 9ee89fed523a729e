import { Injectable, Logger } from '@nestjs/common';
import { BrokenSeal, Cipher } from '../core/cipher.js';
import type { ChallengeContext } from '../challenge/challenge.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { type Budget, type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { Attempts } from './attempts.js';

const TRIES = 5;

/** A proof to be judged. */
export interface Claim {
  /** The user's row as the request has read it. */
  record: AbstractMultiFactorAuth;
  budget: Budget;
  context: ChallengeContext;
  /** The factor that it is a proof of, in a row; undefined where the row has no such factor (any more). */
  factor(record: AbstractMultiFactorAuth): Factor | undefined;
  /** The challenge's decision: the next state, or null. */
  judge(state: unknown): unknown;
  /** What a right proof changes in the row, given the factor with its next state. One statement makes it all. */
  change(record: AbstractMultiFactorAuth, proven: Factor): MultiFactorAuthChange;
}

/**
 * The one place where proofs are judged: an attempt is spent, the state opened, the challenge asked, and its next state
 * written over the very version that was judged.
 */
@Injectable()
export class Verifier {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly cipher: Cipher,
    private readonly attempts: Attempts,
  ) {}

  /** The epoch after a right proof, or null for a wrong one. @throws {MfaError} `locked` */
  async verify(claim: Claim): Promise<{ authEpoch: number } | null> {
    if (!claim.factor(claim.record)) return null;
    await this.attempts.spend(claim.record, claim.budget);
    return this.judge(claim, claim.record, TRIES);
  }

  private async judge(
    claim: Claim,
    record: AbstractMultiFactorAuth,
    tries: number,
  ): Promise<{ authEpoch: number } | null> {
    const proven = await this.proven(claim, record);
    if (!proven) return this.refuse(claim, tries);
    const change = claim.change(record, proven);
    if (await this.store.change(record, change, claim.context.now, claim.budget)) {
      return { authEpoch: change.authEpoch ?? record.authEpoch };
    }
    const again = tries > 1 ? await this.store.find(record.userId) : null;
    return again ? this.judge(claim, again, tries - 1) : this.refuse(claim, tries - 1);
  }

  // A right proof that loses a race, mostly against itself, is refused, but must not push its owner towards a lock.
  private async refuse(claim: Claim, tries: number): Promise<null> {
    if (tries < TRIES) await this.attempts.giveBack(claim.record.userId, claim.budget);
    else await this.attempts.reportRefusal(claim.record, claim.budget);
    return null;
  }

  private async proven(claim: Claim, record: AbstractMultiFactorAuth): Promise<Factor | null> {
    const factor = claim.factor(record);
    if (!factor) return null;
    const binding = { userId: record.userId, factorId: factor.id };
    try {
      const next = await claim.judge(await this.cipher.open(factor.sealedState, binding));
      if (next === null) return null;
      return { ...factor, sealedState: await this.cipher.seal(next, binding), lastUsedAt: claim.context.now };
    } catch (error) {
      if (!(error instanceof BrokenSeal)) throw error;
      // Altered data or a lost key: nothing is proven, and MFA stays on.
      this.logger.error(`The sealed state of factor ${factor.id} cannot be opened.`);
      return null;
    }
  }
}
