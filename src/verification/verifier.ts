import { Injectable } from '@nestjs/common';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { remainingOf } from '../store/row-changes.js';
import type { Claim } from './claims.js';
import { Decisions } from './decisions.js';
import { Judge } from './judge.js';
import { Payments } from './payments.js';
import { ProofReports } from './proof-reports.js';
import { newTrial, type Trial, type Weighed } from './trial.js';

/** A right proof: the row after it, how it was proven (RFC 8176), and whether wrong proofs had locked the user before. */
export interface RightProof {
  kind: 'right';
  row: AbstractMultiFactorAuth;
  amr: string[];
  /** Whether the device has checked its user: the proof is two factors by itself. */
  userVerified: boolean;
  /** Whether it opens routes with `@RequireMfa()`. */
  isSecondFactor: boolean;
  afterLock: boolean;
  /** How many proofs are left, where it was one of a set. */
  remaining?: number;
}

/** The outcome of a proof. */
export type ProofOutcome = RightProof | { kind: 'wrong' } | { kind: 'waiting' };

/**
 * The one place that proofs pass: judge, pay, then tell. A proof is judged in memory over the row that was read. Its outcome, a failure
 * or a success, is written in one conditional statement over that version of the row. Only what was written is told. So a burst learns
 * no more outcomes than attempts were left. A proof that is slow to judge pays first.
 */
@Injectable()
export class Verifier {
  constructor(
    private readonly judge: Judge,
    private readonly payments: Payments,
    private readonly decisions: Decisions,
    private readonly reports: ProofReports,
  ) {}

  /** Says whether a proof would be judged now: false if it is malformed. It costs nothing. @throws {MfaError} `locked` */
  wouldJudge(row: AbstractMultiFactorAuth, claim: Claim): boolean {
    const given = this.judge.read(claim);
    return given !== undefined && this.decisions.openFactors(newTrial(given, row), row).length > 0;
  }

  /** Returns the outcome of a proof. @throws {MfaError} `locked`, or `unavailable` if it could not be judged */
  async verify(row: AbstractMultiFactorAuth, claim: Claim): Promise<ProofOutcome> {
    const trial = this.trialOf(row, claim);
    if (!trial) return { kind: 'wrong' };
    return this.payments.admitted(trial, async () => {
      const paid = await this.payments.pay(trial);
      return paid ? this.conclude(paid) : { kind: 'wrong' };
    });
  }

  /**
   * The first half of `verify`, for work that must be done before the outcome is written: pays for the proof and judges it. Undefined
   * if it is refused. @throws as `verify` does
   */
  async weigh(row: AbstractMultiFactorAuth, claim: Claim): Promise<Weighed | undefined> {
    const trial = this.trialOf(row, claim);
    return trial && this.payments.admitted(trial, () => this.judged(trial));
  }

  /** The second half of `verify`: writes the outcome and tells it. @throws as `verify` does */
  async conclude({ trial, row: begin }: Pick<Weighed, 'trial' | 'row'>): Promise<ProofOutcome> {
    const { row, outcome } = await this.decisions.write(trial, begin);
    await this.reports.tell(trial.given, outcome, row);
    if (outcome.kind === 'waiting') return outcome;
    if (outcome.kind !== 'right') return { kind: 'wrong' };
    const { metadata, isSecondFactor } = trial.given;
    const { afterLock, how } = outcome;
    const amr = isSecondFactor ? [...how.amr, 'mfa'] : how.amr;
    return {
      kind: 'right',
      afterLock,
      ...how,
      amr,
      isSecondFactor,
      row: row!,
      remaining: remainingOf(row, metadata.type),
    };
  }

  private trialOf(row: AbstractMultiFactorAuth, claim: Claim): Trial | undefined {
    const given = this.judge.read(claim);
    if (!given || this.judge.factors(given, row).length === 0) return undefined;
    return newTrial(given, row);
  }

  private async judged(trial: Trial): Promise<Weighed | undefined> {
    const paid = await this.payments.pay(trial);
    if (!paid) return undefined;
    const { change, outcome } = await this.decisions.of(paid.trial, paid.row);
    if (outcome.kind !== 'right') return paid;
    return { ...paid, proven: outcome.proven, nextEpoch: change?.authEpoch ?? paid.row.authEpoch };
  }
}
