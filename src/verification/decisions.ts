import { Injectable } from '@nestjs/common';
import { wasLocked } from '../limits/attempt-budget.js';
import { Attempts } from '../limits/attempts.js';
import { answered } from '../limits/message-notes.js';
import { isAlive } from '../session/live-session.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { type Amended, type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { withUsedToken } from '../store/row-changes.js';
import { Judge, type Judgement } from './judge.js';
import { isUsed } from './pending-proofs.js';
import { decideReplay, decideUnguessable } from './replay.js';
import { SlowQueue } from './slow-queue.js';
import { burstOf, type Decided, kindOf, queueKeyOf, type Trial } from './trial.js';

/**
 * What a judged proof changes in its user's row. A decision is made over one version of the row and written over that version. If another
 * request was first, it is made again over the next version.
 */
@Injectable()
export class Decisions {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly judge: Judge,
    private readonly attempts: Attempts,
    private readonly queue: SlowQueue,
  ) {}

  /** The factors that a proof may be judged against. @throws {MfaError} `locked` */
  openFactors(trial: Trial, row: SeenRow): Factor[] {
    const factors = this.standingFactors(trial, row);
    if (!row || factors.length === 0) return [];
    this.attempts.refuseIfLocked(row, kindOf(trial.given), trial.given.moment.now);
    this.attempts.refuseIfTold(row, kindOf(trial.given), burstOf(trial, row));
    return factors;
  }

  /** Writes the outcome of a proof, deciding again while other requests are first. @throws {MfaError} `locked` if they always are */
  async write(trial: Trial, begin: AbstractMultiFactorAuth): Promise<Amended<Decided>> {
    const last: { outcome?: Decided; row: SeenRow } = { row: begin };
    const decide = async (seen: SeenRow) => {
      const amendment = await this.of(trial, seen);
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

  /** Judges a proof over one version of the row, and says what that changes. It writes nothing. @throws {MfaError} */
  async of(trial: Trial, row: SeenRow): Promise<Amendment<Decided>> {
    const factors = trial.paid ? this.standingFactors(trial, row) : this.openFactors(trial, row);
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
    const { claim, metadata, moment, rule } = trial.given;
    const how = { ...kindOf(trial.given), isPaid: trial.paid !== undefined, burst: burstOf(trial, row) };
    const { change, factor } = this.attempts.succeed(row, proven, how);
    return {
      change: {
        ...(metadata.role === 'factor' && { sentMessages: answered(row.sentMessages, moment.now) }),
        ...change,
        ...rule.change(row, factor, moment.now, claim),
        ...(claim.pending && withUsedToken(row, claim.pending, moment.now)),
      },
      outcome: { kind: 'right', proven: factor, afterLock: wasLocked(row), how: given, notice },
    };
  }

  // Over a later epoch, a login would get a session that the user has just ended. A session may have raised it itself.
  private standingFactors({ given, began }: Trial, row: SeenRow): Factor[] {
    const { pending, purpose, origin } = given.claim;
    const id = (purpose !== 'login' && origin?.sessionId) || null;
    if (!row || !isAlive({ id, authEpoch: began.authEpoch }, row)) return [];
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
      judgements.get(seals) ?? (await (given.metadata.costly ? this.queue.run(queueKeyOf(given), judge) : judge()));
    judgements.set(seals, judgement);
    return judgement;
  }
}
