import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import {
  type AttemptBudget,
  countFailure,
  factorBudget,
  lockedSeconds,
  recoveryBudget,
  settle,
} from './attempt-budget.js';
import { AttemptOptions } from './attempt-options.js';

/** The two kinds of proofs. They have separate counts: a lock of the factor must leave recovery open. */
export type ProofRole = 'factor' | 'recovery';

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
    const retryAfterSeconds = this.lockedSeconds(row, role, now);
    if (retryAfterSeconds > 0) throw new MfaError('locked', { retryAfterSeconds });
  }

  /** What a wrong proof changes, and whether it was the last one for now. */
  fail(row: AbstractMultiFactorAuth, role: ProofRole, now: Date): { change: MultiFactorAuthChange; locks: boolean } {
    return countFailure(row, this.budgets[role], now);
  }

  /** What a right proof changes; with `paid`, one that was counted as a failure before it was judged. */
  settle(row: AbstractMultiFactorAuth, role: ProofRole, paid: boolean): MultiFactorAuthChange {
    return settle(row, this.budgets[role], paid);
  }
}
