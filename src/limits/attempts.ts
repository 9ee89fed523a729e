import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import {
  type AttemptBudget,
  countFailure,
  factorBudget,
  lockedSeconds,
  recoveryBudget,
  settle,
  toldInARow,
} from './attempt-budget.js';
import { AttemptOptions } from './attempt-options.js';

/** The two kinds of proofs. They have separate counts: a lock of the factor must leave recovery open. */
export type ProofRole = 'factor' | 'recovery';

/** How a right proof was given. */
interface Acceptance {
  role: ProofRole;
  /** Whether it was counted as a failure before it was judged. */
  isPaid: boolean;
  /** The factor whose right proof was of the same burst, if one was. */
  burst?: Factor;
}

/** Counts a user's proofs over all routes. It decides from the row, and the store writes the decision. */
@Injectable()
export class Attempts {
  private readonly budgets: Record<ProofRole, AttemptBudget>;

  constructor(options: AttemptOptions) {
    this.budgets = { factor: factorBudget(options), recovery: recoveryBudget(options) };
  }

  /** Seconds until another proof is judged, 0 if one is now. */
  lockedSeconds(row: AbstractMultiFactorAuth, role: ProofRole, now: Date): number {
    return lockedSeconds(row, this.budgets[role], now);
  }

  /** Refuses while the user is locked. @throws {MfaError} `locked`, 429 with `Retry-After` */
  refuseIfLocked(row: AbstractMultiFactorAuth, role: ProofRole, now: Date): void {
    refuseIf(this.lockedSeconds(row, role, now));
  }

  /** Refuses the rest of a burst that has been told as many outcomes as it may be. @throws {MfaError} `locked` */
  refuseIfTold(row: AbstractMultiFactorAuth, role: ProofRole, burst?: Factor): void {
    const budget = this.budgets[role];
    if (burst && toldInARow(row, budget, burst) >= budget.freeFailures) refuseIf(1);
  }

  /** What a wrong proof changes, and whether it was the last one for now. */
  fail(row: AbstractMultiFactorAuth, role: ProofRole, now: Date): { change: MultiFactorAuthChange; locks: boolean } {
    return countFailure(row, this.budgets[role], now);
  }

  /** What a right proof changes, and its factor, which keeps how many outcomes were told in a row with it. */
  succeed(
    row: AbstractMultiFactorAuth,
    factor: Factor,
    { role, isPaid, burst }: Acceptance,
  ): { change: MultiFactorAuthChange; factor: Factor } {
    const told = (of: ProofRole) => toldInARow(row, this.budgets[of], burst) + (of === role && !isPaid ? 1 : 0);
    return {
      change: settle(row, this.budgets[role], isPaid),
      factor: { ...factor, toldInARow: { code: told('factor'), backup: told('recovery') } },
    };
  }
}

function refuseIf(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new MfaError('locked', { retryAfterSeconds });
}
