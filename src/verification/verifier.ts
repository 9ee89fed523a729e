import { Injectable, Logger } from '@nestjs/common';
import { BrokenSeal, Cipher } from '../crypto/cipher.js';
import { secondsAfter } from '../core/clock.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { MfaError } from '../core/mfa-error.js';
import type { ChallengeContext } from '../challenge/challenge.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { Budget } from '../store/budget.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { Attempts } from '../limits/attempts.js';

const TRIES = 5;

/** Seconds in which the same proof twice is taken for one person's two requests. */
const SAME_MOMENT_SECONDS = 10;

/** A proof to be judged. */
export interface Claim {
  /** The user's row as the request has read it. */
  record: AbstractMultiFactorAuth;
  budget: Budget;
  context: ChallengeContext;
  /** The factor that it is a proof of, in a row; undefined where the row has no such factor (any more). */
  factor(record: AbstractMultiFactorAuth): Factor | undefined;
  /** What was sent. */
  proof: string;
  /** The challenge's decision: the next state, or null. */
  judge(state: unknown): unknown;
  /** What a right proof changes in the row, given the factor with its next state. One statement makes it all. */
  change(record: AbstractMultiFactorAuth, proven: Factor): MultiFactorAuthChange;
}

/** A claim whose attempt is spent, and whether that attempt has locked the user. */
type SpentClaim = Claim & { locks: boolean };

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
    private readonly hashes: KeyedHash,
  ) {}

  /** The epoch after a right proof, or null for a wrong one. @throws {MfaError} `locked` */
  async verify(claim: Claim): Promise<{ authEpoch: number } | null> {
    if (!claim.factor(claim.record)) return null;
    const { locks } = await this.attempts.spend(claim.record, claim.budget);
    try {
      return await this.judge({ ...claim, locks }, claim.record, TRIES);
    } catch (error) {
      // Without its key nothing was judged: an outage must not push owners towards a lock.
      if (error instanceof MfaError && error.code === 'unavailable') await this.giveBack(claim);
      throw error;
    }
  }

  private async judge(
    claim: SpentClaim,
    record: AbstractMultiFactorAuth,
    tries: number,
  ): Promise<{ authEpoch: number } | null> {
    if (this.wasJustTaken(claim, record)) return this.giveBack(claim);
    const proven = await this.proven(claim, record);
    if (!proven) return tries < TRIES ? this.giveBack(claim) : this.refuse(claim);
    const change = claim.change(record, proven);
    if (await this.store.change(record, change, claim.context.now, claim.budget)) {
      return { authEpoch: change.authEpoch ?? record.authEpoch };
    }
    const again = tries > 1 ? await this.store.find(record.userId) : null;
    // Over a later epoch it would be granted what its user has just had ended.
    const stands = again?.authEpoch === record.authEpoch;
    return again && stands ? this.judge(claim, again, tries - 1) : this.giveBack(claim);
  }

  private async refuse(claim: SpentClaim): Promise<null> {
    const { record, locks } = claim;
    await this.attempts.reportRefusal(record.userId, claim.factor(record)?.type ?? '', { locks });
    return null;
  }

  // A right proof that loses a race, mostly against itself, is refused, but must not push its owner towards a lock.
  private async giveBack({ record, budget }: Claim): Promise<null> {
    await this.attempts.giveBack(record.userId, budget);
    return null;
  }

  // The request that lost may have read the row only after the winner's write. Only for a moment: whoever could repeat an
  // old code for nothing would have a free guess in every window.
  private wasJustTaken(claim: Claim, record: AbstractMultiFactorAuth): boolean {
    const { id, lastUsedAt, lastProofHash } = claim.factor(record) ?? {};
    if (!lastUsedAt || !lastProofHash || secondsAfter(lastUsedAt, SAME_MOMENT_SECONDS) < claim.context.now)
      return false;
    return this.hashes.candidates('proof', bound(claim, id)).includes(lastProofHash);
  }

  private async proven(claim: Claim, record: AbstractMultiFactorAuth): Promise<Factor | null> {
    const factor = claim.factor(record);
    if (!factor) return null;
    const binding = { userId: record.userId, factorId: factor.id };
    try {
      const next = await claim.judge(await this.cipher.open(factor.sealedState, binding));
      if (next === null) return null;
      const sealedState = await this.cipher.seal(next, binding);
      const lastProofHash = this.hashes.hash('proof', bound(claim, factor.id));
      return { ...factor, sealedState, lastUsedAt: claim.context.now, lastProofHash };
    } catch (error) {
      if (!(error instanceof BrokenSeal)) throw error;
      // Altered data or a lost key: nothing is proven, and MFA stays on.
      this.logger.error(`The sealed state of factor ${factor.id} cannot be opened.`);
      return null;
    }
  }
}

function bound({ record, proof }: Claim, factorId?: string): string {
  return JSON.stringify([record.userId, factorId, proof]);
}
