import { Injectable, Logger } from '@nestjs/common';
import type { Moment, Verdict } from '../challenge/challenge.js';
import { ChallengeRegistry, type RegisteredChallenge } from '../challenge/challenge-registry.js';
import { askChallenge } from '../challenge/failed-challenge-error.js';
import { secondsAfter } from '../core/clock.js';
import type { ProofNotice } from '../core/events.js';
import { BrokenSeal } from '../crypto/cipher.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import { type Claim, type ClaimRule, ClaimRules } from './claims.js';

/** Seconds in which a repeated proof counts as the same person's second request. */
const SAME_MOMENT_SECONDS = 10;

/** A claim that can be judged: the challenge exists, and has read the proof. */
export interface Case extends RegisteredChallenge {
  claim: Claim;
  rule: ClaimRule;
  proof: unknown;
  moment: Moment<unknown>;
}

/** The challenge's verdict: with the factor and its next state if the proof is right, and with the factor whose last proof came again. */
export type Judgement =
  | { kind: 'right'; factor: Factor; how: HowProven; notice?: ProofNotice }
  | { kind: 'wrong'; factorId?: string; notice?: ProofNotice }
  | { kind: 'replayed'; factorId: string }
  | { kind: 'waiting' };

/** How a right proof was given: its names (RFC 8176), and whether the device has checked its user. */
export interface HowProven {
  amr: string[];
  userVerified: boolean;
}

/** A factor with its opened state. */
interface OpenedFactor {
  factor: Factor;
  state: unknown;
  phase: unknown;
}

/** Judges a proof in memory, over one version of a row. It writes and counts nothing. */
@Injectable()
export class Judge {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly registry: ChallengeRegistry,
    private readonly rules: ClaimRules,
    private readonly states: FactorStates,
    private readonly hashes: KeyedHash,
  ) {}

  /** Returns the case of a claim, or undefined if the challenge is unknown or the proof is malformed. */
  read(claim: Claim): Case | undefined {
    const known = this.registry.get(claim.type);
    if (!known) return undefined;
    const moment = this.registry.moment(claim.type, claim.user, claim.purpose, claim.phase);
    const proof = known.challenge.read(claim.proof, { ...moment, phase: undefined });
    return proof === undefined
      ? undefined
      : { ...known, claim, moment, proof, rule: this.rules.of(known.metadata, claim.purpose) };
  }

  /** Returns the factors that a case is about. */
  factors({ claim, rule, metadata, moment }: Case, row: AbstractMultiFactorAuth): Factor[] {
    return rule.factors(row, metadata, claim, moment.now);
  }

  /** Asks the challenge. @throws {MfaError} `unavailable` if the key service does not answer: then nothing was judged */
  async judge(given: Case, { userId }: AbstractMultiFactorAuth, factors: readonly Factor[]): Promise<Judgement> {
    const opened = await this.open(userId, factors);
    const states = opened.map(({ state }) => state);
    const { factor, state, phase } = opened[placeOf(given, states)] ?? {};
    if (!factor) return { kind: 'wrong' };
    const moment = { ...given.moment, phase: given.moment.phase ?? phase };
    const verdict = await askChallenge(() => given.challenge.verify(state, given.proof, moment), { status: 503 });
    // It has paid, and waiting is free.
    if (verdict.kind === 'waiting' && given.metadata.costly) throw new TypeError('A costly challenge cannot wait.');
    if (verdict.kind === 'right') return this.right(given, userId, factor, verdict);
    if (verdict.kind === 'replayed') return this.replayed(given, userId, factor);
    return verdict.kind === 'wrong' ? { ...verdict, factorId: factor.id } : verdict;
  }

  /** Checks that the key service answers, before a proof pays. @throws {MfaError} `unavailable` */
  async checkOpens({ userId }: AbstractMultiFactorAuth, factors: readonly Factor[]): Promise<void> {
    for (const factor of factors) await this.states.opens(userId, factor);
  }

  /**
   * Says whether the same proof was used just now: one person sent two requests. This holds only for a moment, because a free
   * repetition of an old code would be a free guess in every window.
   */
  isRepeated({ proof, moment }: Case, { userId }: AbstractMultiFactorAuth, factors: readonly Factor[]): boolean {
    return factors.some((factor) => {
      const { lastProofAt } = factor;
      if (!lastProofAt || secondsAfter(lastProofAt, SAME_MOMENT_SECONDS) < moment.now) return false;
      return this.isLastProof(proof, userId, factor);
    });
  }

  /** Returns the factor with this proof as its last one. */
  remembering({ proof, moment }: Case, userId: string, factor: Factor): Factor {
    const lastProofHash = this.hashes.hash('proof', bound(userId, factor.id, proof));
    return { ...factor, lastProofAt: moment.now, lastProofHash, replayedAt: undefined };
  }

  private isLastProof(proof: unknown, userId: string, { id, lastProofHash }: Factor): boolean {
    if (!lastProofHash) return false;
    return this.hashes.candidates('proof', bound(userId, id, proof)).includes(lastProofHash);
  }

  // The challenge knows how long a code lives. Only the very code that was accepted costs nothing: those that lived beside it are guesses.
  private replayed({ proof }: Case, userId: string, factor: Factor): Judgement {
    return this.isLastProof(proof, userId, factor) ? { kind: 'replayed', factorId: factor.id } : { kind: 'wrong' };
  }

  // Without those that were altered or whose key is lost: they prove nothing, and MFA stays on.
  private async open(userId: string, factors: readonly Factor[]): Promise<OpenedFactor[]> {
    const opened: OpenedFactor[] = [];
    for (const factor of factors) {
      try {
        const [state, phase] = [await this.states.open(userId, factor), await this.states.openPhase(userId, factor)];
        opened.push({ factor, state, phase });
      } catch (error) {
        if (!(error instanceof BrokenSeal)) throw error;
        this.logger.error(`The sealed state of factor ${factor.id} cannot be opened.`);
      }
    }
    return opened;
  }

  private async right(
    given: Case,
    userId: string,
    factor: Factor,
    { state, amr = given.metadata.amr, userVerified = false, notice }: Extract<Verdict<unknown>, { kind: 'right' }>,
  ): Promise<Judgement> {
    const kept = { ...factor, remaining: given.challenge.remaining?.(state) };
    const next = await this.states.withState(userId, kept, state);
    const proven = { ...this.remembering(given, userId, next), lastUsedAt: given.moment.now };
    return { kind: 'right', factor: proven, how: { amr: [...amr], userVerified }, notice };
  }
}

function placeOf({ challenge, proof }: Case, states: readonly unknown[]): number {
  if (!challenge.pick) return 0;
  const picked = challenge.pick(states, proof);
  return picked === undefined ? -1 : states.indexOf(picked);
}

function bound(userId: string, factorId: string, proof: unknown): string {
  return JSON.stringify([userId, factorId, proof]);
}
