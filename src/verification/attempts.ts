import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter, secondsUntil } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { type Budget, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';

const HOUR = 3600;

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

  /** Takes one attempt. @throws {MfaError} `locked` if there is none left */
  async spend(record: AbstractMultiFactorAuth, budget: Budget): Promise<void> {
    this.refuseIfLocked(record, budget);
    // Spent before it is judged, so that a burst of requests cannot outrun the count.
    if (await this.store.spendAttempt(record.userId, budget, this.clock.now())) return;
    this.refuseIfLocked((await this.store.find(record.userId)) ?? record, budget);
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  /** Says that a proof was wrong, and that its user is locked if so. */
  async reportRefusal(seen: AbstractMultiFactorAuth, budget: Budget): Promise<void> {
    const at = this.clock.now();
    await this.events.tell({ type: 'proof_refused', userId: seen.userId, at });
    if (locks(seen, budget, at)) await this.events.tell({ type: 'locked', userId: seen.userId, at });
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

/** Whether the attempt that was taken of a row as it was seen was the last one for now, by either limit. */
function locks(
  seen: AbstractMultiFactorAuth,
  { kind, freeFailures, refillSeconds, burst }: Budget,
  now: Date,
): boolean {
  const arrival = seen[`${kind}Arrival`];
  const next = secondsAfter(arrival > now ? arrival : now, refillSeconds);
  return seen[`${kind}Failures`] + 1 >= freeFailures || next > secondsAfter(now, refillSeconds * (burst - 1));
}
