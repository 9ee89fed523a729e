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

/** The two kinds of proofs. They are counted separately, so that a lock of the factor leaves recovery open. */
type ProofRole = 'factor' | 'recovery';

/** Selects the limits of a proof. */
export interface ProofKind {
  role: ProofRole;
  /** False if it cannot be guessed, e.g. a signature: no lock stops it. */
  guessable: boolean;
  /** True if the user has signed in from the network of this proof. */
  isKnownNetwork: boolean;
  /** Wrong proofs of a step-up are counted in a row by its session, so that they do not lock logins. */
  isStepUp?: boolean;
}

/** How a right proof was given. */
interface Acceptance extends ProofKind {
  /** True if it was counted as a failure before it was judged. */
  isPaid: boolean;
  /** The factor whose right proof was in the same burst, if one was. */
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

  /** Returns the seconds until another proof is judged, 0 for now. */
  lockedSeconds(row: AbstractMultiFactorAuth, kind: ProofKind, now: Date): number {
    return kind.guessable ? lockedSeconds(row, this.budgetOf(kind), now) : 0;
  }

  /** Refuses while the user is locked. @throws {MfaError} `locked`, 429 with `Retry-After` */
  refuseIfLocked(row: AbstractMultiFactorAuth, kind: ProofKind, now: Date): void {
    refuseIf(this.lockedSeconds(row, kind, now));
  }

  /** Refuses the rest of a burst that was told its `freeFailures` outcomes. @throws {MfaError} `locked` */
  refuseIfTold(row: AbstractMultiFactorAuth, kind: ProofKind, burst?: Factor): void {
    const budget = this.budgetOf(kind);
    if (kind.guessable && burst && toldInBurst(row, budget, burst) >= budget.freeFailures) refuseIf(1);
  }

  /** Says whether wrong codes have locked the user on any network since the last right one. */
  hasLocked(row: AbstractMultiFactorAuth, now: Date): boolean {
    return wasLocked(row) || lockedSeconds(row, this.others.factor, now) > 0;
  }

  /** Returns what a wrong proof changes, and whether it locks. */
  fail(row: AbstractMultiFactorAuth, kind: ProofKind, now: Date): { change: MultiFactorAuthChange; locks: boolean } {
    const { change, locks } = countFailure(row, this.budgetOf(kind), now);
    if (!kind.isStepUp) return { change, locks };
    const { codeArrival } = change;
    return { change: { codeArrival }, locks: false };
  }

  /** Returns what a right proof changes, and its factor, which notes how many outcomes were told in a row up to it. */
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
