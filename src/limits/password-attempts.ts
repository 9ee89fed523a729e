import { Injectable } from '@nestjs/common';
import { Clock, HOUR, secondsAfter } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { type DirectoryUser, idOf } from '../users/user-directory.js';
import { KnownNetworks, type Standing } from './known-networks.js';
import { type PasswordLimit, PasswordLimits } from './password-limits.js';
import { takenOf, waitingSeconds } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';
import { refuseIf } from './refuse-if.js';

/** A limit, and whether there was a row of it. */
interface SeenLimit extends PasswordLimit {
  isNew: boolean;
  /** Whether this attempt has taken from it before it was judged. */
  isPaid: boolean;
}

/** Whose password it is said to be, and from where. */
export interface PasswordRequest {
  username: string;
  /** The user with this name, or null. */
  user: DirectoryUser | null;
  network: string;
}

/** A password that is about to be judged. */
export interface PasswordAttempt {
  startedAt: Date;
  /** The limits that it is judged under. */
  limits: SeenLimit[];
  /** The row to note for an hour if it is wrong: its network has paid for this name. */
  charged?: string;
  /** Whether the user with this name has signed in from there. */
  standing: Standing;
  network: string;
}

/**
 * Slows anyone who guesses passwords. Each network has an allowance for each name, and all networks that its user has not signed in
 * from share one. This locks no name: a network that the user has signed in from keeps its own allowance. Of IPv6, strangers are
 * counted by the site.
 */
@Injectable()
export class PasswordAttempts {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly known: KnownNetworks,
    private readonly passwordLimits: PasswordLimits,
    private readonly clock: Clock,
    private readonly events: EventTeller,
  ) {}

  /** Refuses while none is left, before the work of judging. @throws {MfaError} `locked`, also for unknown names */
  async begin({ username, user, network }: PasswordRequest): Promise<PasswordAttempt> {
    const now = this.clock.now();
    const ids = this.passwordLimits.rowsOf(username, network);
    // Nobody has the empty id: an unknown name makes the same work.
    const userId = user ? idOf(user) : '';
    const rows = await this.rateLimits.find([...new Set(Object.values(ids)), ...this.known.ids(userId, network)]);
    const standing = this.known.read(rows, userId, network);
    const pays = !standing.isSiteKnown && this.passwordLimits.paidUntil(rows.get(ids.fromSite), now) <= now;
    const limits = this.passwordLimits.of(ids, standing, pays);
    await this.rateLimits.putRight(limits, rows, now);
    // Nothing is told of it: a flood of requests that are refused must cost as little as can be.
    refuseIf(Math.max(...limits.map(({ id, limit }) => waitingSeconds(rows.get(id), limit, now))));
    const isPaid = ({ id, limit, paysFirstFrom }: PasswordLimit) => takenOf(rows.get(id), limit, now) >= paysFirstFrom;
    const seen = limits.map((limit) => ({ ...limit, isNew: !rows.has(limit.id), isPaid: isPaid(limit) }));
    await this.payFirst(seen, now);
    return { startedAt: now, limits: seen, ...(pays && { charged: ids.fromSite }), standing, network };
  }

  /**
   * Counts a password that was judged. Nobody is told the outcome before this: of a burst of requests no more are told
   * than were left, and a right password among them is one of those or none. @throws {MfaError} `locked`
   */
  async end(attempt: PasswordAttempt, isRight: boolean): Promise<void> {
    const { limits, charged, network } = attempt;
    const now = this.clock.now();
    const unpaid = limits.filter(({ isPaid }) => !isPaid);
    for (const [index, limit] of unpaid.entries()) {
      const wait = await this.spend(limit, now, !isRight);
      if (wait === 0) continue;
      // A right one whose outcome is not told has cost what a wrong one has, or what is left would tell it.
      for (const earlier of unpaid.slice(0, index)) await this.spend(earlier, now, isRight);
      refuseIf(wait);
    }
    if (isRight) return this.settle(attempt);
    if (charged) await this.rateLimits.note(charged, secondsAfter(now, HOUR));
    await this.tellOfWrongOne(limits, now, network);
  }

  /** Gives back what was paid for a password that could not be judged, or was right. */
  async cancel({ limits, startedAt }: PasswordAttempt): Promise<void> {
    const paid = limits.filter(({ isPaid }) => isPaid);
    await this.giveBack(paid, startedAt, this.clock.now());
  }

  // Where there were failures before, a burst would otherwise be hashed as a whole for the one outcome that is left.
  private async payFirst(limits: readonly SeenLimit[], now: Date): Promise<void> {
    const used = limits.filter(({ isPaid }) => isPaid);
    for (const [index, limit] of used.entries()) {
      const wait = await this.spend(limit, now, true);
      if (wait === 0) continue;
      await this.giveBack(used.slice(0, index), now, now);
      refuseIf(wait);
    }
  }

  private async giveBack(paid: readonly SeenLimit[], paidAt: Date, now: Date): Promise<void> {
    for (const { id, limit } of paid) await this.rateLimits.refund(id, limit, paidAt, now);
  }

  // Who has signed in leaves no row that strangers' wrong passwords for the same name would meet, and be slower by.
  private async settle(attempt: PasswordAttempt): Promise<void> {
    await this.cancel(attempt);
    const [, ...shared] = attempt.limits;
    await this.rateLimits.dropUnused(shared.filter(({ isNew }) => isNew).map(({ id }) => id));
  }

  private spend({ id, limit, isNew }: SeenLimit, now: Date, isTaken: boolean): Promise<number> {
    const taking = { id, limit, now, isNew };
    return isTaken ? this.rateLimits.take(taking) : this.rateLimits.confirm(taking);
  }

  private async tellOfWrongOne(limits: PasswordLimit[], now: Date, network: string): Promise<void> {
    await this.events.tell({ type: 'password_refused', userId: null, at: now }, { network });
    const rows = await this.rateLimits.find(limits.map(({ id }) => id));
    const retryAfterSeconds = Math.max(...limits.map(({ id, limit }) => waitingSeconds(rows.get(id), limit, now)));
    if (retryAfterSeconds === 0) return;
    await this.events.tell({ type: 'passwords_slowed', userId: null, at: now, retryAfterSeconds }, { network });
  }
}
