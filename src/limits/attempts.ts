import { Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import {
  type AttemptBudget,
  burstSeconds,
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
  isPaid: boolean;
  /** When the request began, and when its proof was judged. */
  startedAt: Date;
  now: Date;
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
  refuseIfTold(row: AbstractMultiFactorAuth, role: ProofRole, startedAt: Date): void {
    refuseIf(burstSeconds(row, this.budgets[role], startedAt));
  }

  /** What a wrong proof changes, and whether it was the last one for now. */
  fail(row: AbstractMultiFactorAuth, role: ProofRole, now: Date): { change: MultiFactorAuthChange; locks: boolean } {
    return countFailure(row, this.budgets[role], now);
  }

  /**
   * What a right proof changes, and its factor, which keeps how many outcomes were told in a row with it.
   * @param isPaid whether it was counted as a failure before it was judged
   */
  succeed(
    row: AbstractMultiFactorAuth,
    factor: Factor,
    { role, isPaid, startedAt, now }: Acceptance,
  ): { change: MultiFactorAuthChange; factor: Factor } {
    const told = (of: ProofRole) => toldInARow(row, this.budgets[of], startedAt) + (of === role && !isPaid ? 1 : 0);
    // A request takes time, except where an application's tests hold the clock: there, what follows is no burst.
    const counted = now > startedAt ? { code: told('factor'), backup: told('recovery') } : undefined;
    return { change: settle(row, this.budgets[role], isPaid), factor: { ...factor, toldInARow: counted } };
  }
}

function refuseIf(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new MfaError('locked', { retryAfterSeconds });
}
