import { Injectable } from '@nestjs/common';
import { Attempts, type ProofKind } from '../limits/attempts.js';
import { wasLocked } from '../limits/attempt-budget.js';
import { answered } from '../limits/message-notes.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { type Amended, type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { remainingOf, withProof, withUsedToken } from '../store/row-changes.js';
import type { Claim } from './claims.js';
import { type Case, Judge, type Judgement } from './judge.js';
import { isUsed } from './pending-proofs.js';
import { ProofReports } from './proof-reports.js';
import { decideReplay, decideUnguessable } from './replay.js';
import { SlowQueue } from './slow-queue.js';
import { burstOf, type Decided, type Trial, type Weighed } from './trial.js';

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
 * The one place that decides over proofs: judge, pay, then tell. It judges a proof in memory over the row that was read. It writes
 * the outcome, a failure or a success, in one conditional statement over that version of the row. It tells only what was written. So
 * a burst learns no more outcomes than attempts were left.
 */
@Injectable()
export class Verifier {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly judge: Judge,
    private readonly attempts: Attempts,
    private readonly queue: SlowQueue,
    private readonly reports: ProofReports,
  ) {}

  /** Says whether a proof would be judged now: false if it is malformed. It costs nothing. @throws {MfaError} `locked` */
  wouldJudge(row: AbstractMultiFactorAuth, claim: Claim): boolean {
    const given = this.judge.read(claim);
    return given !== undefined && this.open({ given, began: row, judgements: new Map() }, row).length > 0;
  }

  /** Returns the outcome of a proof. @throws {MfaError} `locked`, or `unavailable` if it could not be judged */
  async verify(row: AbstractMultiFactorAuth, claim: Claim): Promise<ProofOutcome> {
    const trial = this.trialOf(row, claim);
    if (!trial) return { kind: 'wrong' };
    return this.admitted(trial, async () => {
      const paid = await this.pay(trial);
      return paid ? this.conclude(paid) : { kind: 'wrong' };
    });
  }

  /**
   * The first half of `verify`, for work that must be done before the outcome is written: pays for the proof and judges it. Undefined
   * if it is refused. @throws as `verify` does
   */
  async weigh(row: AbstractMultiFactorAuth, claim: Claim): Promise<Weighed | undefined> {
    const trial = this.trialOf(row, claim);
    return trial && this.admitted(trial, () => this.judged(trial));
  }

  /** The second half of `verify`: writes the outcome and tells it. @throws as `verify` does */
  async conclude({ trial, row: begin }: Pick<Weighed, 'trial' | 'row'>): Promise<ProofOutcome> {
    const { row, outcome } = await this.written(trial, begin);
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
    return { given, began: row, judgements: new Map() };
  }

  private admitted<T>({ given }: Trial, work: () => Promise<T>): Promise<T> {
    return given.metadata.costly ? this.queue.admit(placeOf(given), work) : work();
  }

  private async judged(trial: Trial): Promise<Weighed | undefined> {
    const paid = await this.pay(trial);
    if (!paid) return undefined;
    const { change, outcome } = await this.decision(paid.trial, paid.row);
    if (outcome.kind !== 'right') return paid;
    return { ...paid, proven: outcome.proven, nextEpoch: change?.authEpoch ?? paid.row.authEpoch };
  }

  // Without this, a burst would get much slow work for one attempt.
  private async pay(trial: Trial): Promise<Weighed | undefined> {
    const { began, given } = trial;
    if (!given.metadata.costly) return { trial, row: began };
    const { row, outcome } = await this.store.amend(began.userId, (seen) => this.payment(trial, seen), began);
    return outcome && { trial: { ...trial, paid: outcome }, row: row! };
  }

  private async payment(trial: Trial, row: SeenRow): Promise<Amendment<{ locks: boolean } | undefined>> {
    const { given } = trial;
    const factors = this.open(trial, row);
    // The same proof is being judged already. It must not pay and work twice.
    if (!row || factors.length === 0 || this.judge.isRepeated(given, row, factors)) return { outcome: undefined };
    await this.judge.checkOpens(row, factors);
    const { change, locks } = this.attempts.fail(row, kindOf(given), given.moment.now);
    const marked = factors.map((factor) => this.judge.remembering(given, row.userId, factor));
    return { change: { ...change, ...withProof(row, marked) }, outcome: { locks } };
  }

  private async written(trial: Trial, begin: AbstractMultiFactorAuth): Promise<Amended<Decided>> {
    const last: { outcome?: Decided; row: SeenRow } = { row: begin };
    const decide = async (seen: SeenRow) => {
      const amendment = await this.decision(trial, seen);
      Object.assign(last, { outcome: amendment.outcome, row: seen });
      return amendment;
    };
    try {
      return await this.store.amend(begin.userId, decide, begin);
    } catch (error) {
      const { outcome, row: seen } = last;
      if (trial.given.metadata.role !== 'recovery' || outcome?.kind !== 'right') throw error;
      // The database may have written, and its answer was lost. If that very step has turned MFA off, the password is enough from
      // now on, and a refusal would only leave the user without a token.
      const row = await this.store.find(begin.userId);
      if (!row || row.enabled || row.version !== seen!.version + 1) throw error;
      return { row, outcome };
    }
  }

  private async decision(trial: Trial, row: SeenRow): Promise<Amendment<Decided>> {
    const factors = trial.paid ? this.standing(trial, row) : this.open(trial, row);
    if (!row || factors.length === 0) return { outcome: { kind: 'refused' } };
    const judgement = await this.judgement(trial, row, factors);
    if (judgement.kind === 'waiting') return { outcome: judgement };
    if (judgement.kind === 'right') return this.success(trial, row, judgement);
    // What has paid was marked as the last proof itself.
    const isReplayed = judgement.kind === 'replayed' && !trial.paid;
    if (isReplayed) return decideReplay(trial, row, judgement);
    // What nobody can guess needs no count. A count would let a stranger lock the owner.
    if (!trial.given.metadata.guessable) return decideUnguessable(row, judgement, trial.given.moment.now);
    return this.failure(trial, row, factors);
  }

  private failure(
    { given, paid, judgements }: Trial,
    row: AbstractMultiFactorAuth,
    factors: readonly Factor[],
  ): Amendment<Decided> {
    if (paid) return { outcome: { kind: 'wrong', locks: paid.locks } };
    // It was right over an earlier version, or repeats the accepted proof: it is no guess.
    const wasRight = [...judgements.values()].some(({ kind }) => kind === 'right');
    if (wasRight || this.judge.isRepeated(given, row, factors)) return { outcome: { kind: 'refused' } };
    const { change, locks } = this.attempts.fail(row, kindOf(given), given.moment.now);
    return { change, outcome: { kind: 'wrong', locks } };
  }

  private success(
    trial: Trial,
    row: AbstractMultiFactorAuth,
    { factor: proven, how: given, notice }: Extract<Judgement, { kind: 'right' }>,
  ): Amendment<Decided> {
    const {
      claim: { pending },
      metadata,
      moment,
      rule,
    } = trial.given;
    const { role } = metadata;
    const how = { ...kindOf(trial.given), isPaid: trial.paid !== undefined, burst: burstOf(trial, row) };
    const { change, factor } = this.attempts.succeed(row, proven, how);
    return {
      change: {
        ...(role === 'factor' && { sentMessages: answered(row.sentMessages, moment.now) }),
        ...change,
        ...rule.change(row, factor, moment.now, trial.given.claim),
        ...(pending && withUsedToken(row, pending, moment.now)),
      },
      outcome: { kind: 'right', proven: factor, afterLock: wasLocked(row), how: given, notice },
    };
  }

  // The factors that may be judged. @throws {MfaError} `locked`
  private open(trial: Trial, row: SeenRow): Factor[] {
    const factors = this.standing(trial, row);
    if (!row || factors.length === 0) return [];
    this.attempts.refuseIfLocked(row, kindOf(trial.given), trial.given.moment.now);
    this.attempts.refuseIfTold(row, kindOf(trial.given), burstOf(trial, row));
    return factors;
  }

  // Over a later epoch, the login would get a session that the user has just ended.
  private standing({ given, began }: Trial, row: SeenRow): Factor[] {
    if (!row || row.authEpoch !== began.authEpoch) return [];
    const { pending } = given.claim;
    // Another proof was given for this login: it is over.
    return pending && isUsed(row, pending.id) ? [] : this.judge.factors(given, row);
  }

  // If another write left the factors alone, the judgement still holds.
  private async judgement(
    { given, judgements }: Trial,
    row: AbstractMultiFactorAuth,
    factors: readonly Factor[],
  ): Promise<Judgement> {
    const seals = factors.map(({ sealedState }) => sealedState).join();
    const judge = () => this.judge.judge(given, row, factors);
    const judgement =
      judgements.get(seals) ?? (await (given.metadata.costly ? this.queue.run(placeOf(given), judge) : judge()));
    judgements.set(seals, judgement);
    return judgement;
  }
}

// Somebody else with the password must not take the places of the networks that the user has signed in from.
function placeOf({ claim: { user, isKnownNetwork } }: Case): string {
  return JSON.stringify([user.id, isKnownNetwork]);
}

function kindOf({ claim: { isKnownNetwork, purpose }, metadata: { role, guessable } }: Case): ProofKind {
  return { role, guessable, isKnownNetwork, isStepUp: purpose === 'step-up' };
}
