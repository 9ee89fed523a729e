import { Injectable } from '@nestjs/common';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';
import {
  type AttemptBudget,
  countFailure,
  factorBudget,
  lockedSeconds,
  ofKnownNetworks,
  ofNewNetworks,
  recoveryBudget,
  settle,
  toldInBurst,
  toldOfEach,
  wasLocked,
} from './attempt-budget.js';
import { AttemptOptions } from './attempt-options.js';
import { refuseIf } from './refuse-if.js';

/** The two kinds of proofs. They have separate counts: a lock of the factor must leave recovery open. */
export type ProofRole = 'factor' | 'recovery';

/** What kind of proof it is, and whether it comes from a network that its user has signed in from. */
export interface ProofKind {
  role: ProofRole;
  isKnownNetwork: boolean;
  /** Its session counts the wrong ones in a row, and they lock nobody out of a login. */
  isStepUp?: boolean;
}

/** How a right proof was given. */
interface Acceptance extends ProofKind {
  /** Whether it was counted as a failure before it was judged. */
  isPaid: boolean;
  /** The factor whose right proof was of the same burst, if one was. */
  burst?: Factor;
}

/** Counts a user's proofs over all routes. It decides from the row, and the store writes the decision. */
@Injectable()
export class Attempts {
  private readonly known: Record<ProofRole, AttemptBudget>;
  private readonly others: Record<ProofRole, AttemptBudget>;

  constructor(options: AttemptOptions) {
    const [factor, recovery] = [factorBudget(options), recoveryBudget(options)];
    this.known = { factor: ofKnownNetworks(factor), recovery: ofKnownNetworks(recovery) };
    this.others = { factor: ofNewNetworks(factor), recovery: ofNewNetworks(recovery) };
  }

  /** Seconds until another proof is judged, 0 if one is now. */
  lockedSeconds(row: AbstractMultiFactorAuth, kind: ProofKind, now: Date): number {
    return lockedSeconds(row, this.budgetOf(kind), now);
  }

  /** Refuses while the user is locked. @throws {MfaError} `locked`, 429 with `Retry-After` */
  refuseIfLocked(row: AbstractMultiFactorAuth, kind: ProofKind, now: Date): void {
    refuseIf(this.lockedSeconds(row, kind, now));
  }

  /** Refuses the rest of a burst that has been told as many outcomes as it may be. @throws {MfaError} `locked` */
  refuseIfTold(row: AbstractMultiFactorAuth, kind: ProofKind, burst?: Factor): void {
    const budget = this.budgetOf(kind);
    if (burst && toldInBurst(row, budget, burst) >= budget.freeFailures) refuseIf(1);
  }

  /** Says whether wrong codes lock the user somewhere, or have done since the last right one. */
  hasLocked(row: AbstractMultiFactorAuth, now: Date): boolean {
    return wasLocked(row) || lockedSeconds(row, this.others.factor, now) > 0;
  }

  /** What a wrong proof changes, and whether it was the last one for now. */
  fail(row: AbstractMultiFactorAuth, kind: ProofKind, now: Date): { change: MultiFactorAuthChange; locks: boolean } {
    const { change, locks } = countFailure(row, this.budgetOf(kind), now);
    if (!kind.isStepUp) return { change, locks };
    const { codeArrival } = change;
    return { change: { codeArrival }, locks: false };
  }

  /** What a right proof changes, and its factor, which keeps how many outcomes were told in a row with it. */
  succeed(
    row: AbstractMultiFactorAuth,
    factor: Factor,
    { isPaid, burst, ...kind }: Acceptance,
  ): { change: MultiFactorAuthChange; factor: Factor } {
    const budget = this.budgetOf(kind);
    const told = toldOfEach(row, burst);
    if (!isPaid) told[budget.count]++;
    return { change: settle(row, budget, isPaid), factor: { ...factor, toldInARow: told } };
  }

  private budgetOf({ role, isKnownNetwork }: ProofKind): AttemptBudget {
    return isKnownNetwork ? this.known[role] : this.others[role];
  }
}
