import { Injectable } from '@nestjs/common';
import { Attempts } from '../limits/attempts.js';
import { type Amendment, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { withProof } from '../store/row-changes.js';
import { Decisions } from './decisions.js';
import { Judge } from './judge.js';
import { SlowQueue } from './slow-queue.js';
import { kindOf, queueKeyOf, type Trial, type Weighed } from './trial.js';

/**
 * What a proof costs before it is judged. A fast one costs nothing: its failure is counted by the statement that writes its outcome. A
 * costly one needs a place in the queue, and is counted as a failure, which a right proof takes back.
 */
@Injectable()
export class Payments {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly judge: Judge,
    private readonly attempts: Attempts,
    private readonly queue: SlowQueue,
    private readonly decisions: Decisions,
  ) {}

  /** Runs the work on a proof, with a place in the queue for a costly one. @throws {MfaError} before anything is written, if the queue is full */
  admitted<T>({ given }: Trial, work: () => Promise<T>): Promise<T> {
    return given.metadata.costly ? this.queue.admit(queueKeyOf(given), work) : work();
  }

  /**
   * Pays for a costly proof. Without this, a burst would get much slow work for one attempt. Undefined if it is refused.
   * @throws {MfaError} `locked`, or `unavailable` if it could not be judged
   */
  async pay(trial: Trial): Promise<Weighed | undefined> {
    const { began, given } = trial;
    if (!given.metadata.costly) return { trial, row: began };
    const { row, outcome } = await this.store.amend(began.userId, (seen) => this.payment(trial, seen), began);
    return outcome && { trial: { ...trial, paid: outcome }, row: row! };
  }

  private async payment(trial: Trial, row: SeenRow): Promise<Amendment<{ locks: boolean } | undefined>> {
    const { given } = trial;
    const factors = this.decisions.openFactors(trial, row);
    // The same proof is being judged already. It must not pay and work twice.
    if (!row || factors.length === 0 || this.judge.isRepeated(given, row, factors)) return { outcome: undefined };
    await this.judge.checkOpens(row, factors);
    const { change, locks } = this.attempts.fail(row, kindOf(given), given.moment.now);
    const marked = factors.map((factor) => this.judge.remembering(given, row.userId, factor));
    return { change: { ...change, ...withProof(row, marked) }, outcome: { locks } };
  }
}
