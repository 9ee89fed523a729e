import { Injectable } from '@nestjs/common';
import { Clock, HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import type { Budget } from '../store/budget.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';

/** Counts the attempts of a user: one budget for each kind of proof, over every path. */
@Injectable()
export class Attempts {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  /** Refuses while the user is locked. @throws {MfaError} `locked`, 429 with `Retry-After` */
  refuseIfLocked(record: AbstractMultiFactorAuth, budget: Budget): void {
    const wait = waitingSeconds(record, budget, this.clock.now());
    if (wait > 0) throw new MfaError('locked', { retryAfterSeconds: wait });
  }

  /** Takes one attempt, and says whether it locks the user unless it is right. @throws {MfaError} `locked` if there is none left */
  async spend(record: AbstractMultiFactorAuth, budget: Budget): Promise<{ locks: boolean }> {
    this.refuseIfLocked(record, budget);
    // Spent before it is judged, so that a burst of requests cannot outrun the count. Which of the two it is shows in the
    // row as it was read, but for other requests at the same moment.
    const expected = isLast(record, budget, this.clock.now());
    for (const locks of [expected, !expected]) {
      if (await this.store.spendAttempt(record.userId, budget, { now: this.clock.now(), locks })) return { locks };
    }
    this.refuseIfLocked((await this.store.find(record.userId)) ?? record, budget);
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  /** Says that a proof was wrong, and that its user is locked if so. */
  async reportRefusal(userId: string, challengeType: string, { locks }: { locks: boolean }): Promise<void> {
    const at = this.clock.now();
    await this.events.tell({ type: 'proof_refused', userId, at, challengeType });
    if (locks) await this.events.tell({ type: 'locked', userId, at, challengeType });
  }

  /** Takes back an attempt whose proof was right but lost a race against itself. */
  async giveBack(userId: string, budget: Budget): Promise<void> {
    await this.store.returnAttempt(userId, budget);
  }
}

/** Seconds until another attempt is open, 0 if one is. */
export function waitingSeconds(record: AbstractMultiFactorAuth, budget: Budget, now: Date): number {
  const { kind, burst, refillSeconds, maxFailures } = budget;
  // Nothing but another factor or an administrator ends this one; an hour is as good an answer as any.
  if (record[`${kind}Failures`] >= maxFailures) return HOUR;
  const refilled = secondsAfter(record[`${kind}Arrival`], -refillSeconds * (burst - 1));
  return Math.max(secondsUntil(now, record[`${kind}LockedUntil`]), secondsUntil(now, refilled));
}

/** Whether wrong proofs have locked the user since the last right one. */
export function wasLocked(record: AbstractMultiFactorAuth): boolean {
  return record.codeLockedUntil > NEVER || record.backupLockedUntil > NEVER;
}

/** Whether the next attempt is the last one for now, by either limit. */
function isLast(
  record: AbstractMultiFactorAuth,
  { kind, freeFailures, refillSeconds, burst }: Budget,
  now: Date,
): boolean {
  const isLastOfBurst = record[`${kind}Arrival`] > secondsAfter(now, refillSeconds * (burst - 2));
  return record[`${kind}Failures`] >= freeFailures - 1 || isLastOfBurst;
}
