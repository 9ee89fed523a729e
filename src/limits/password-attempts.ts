import { Injectable } from '@nestjs/common';
import { Clock, DAY, HOUR, secondsAfter } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { UserDirectory } from '../users/user-directory.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { type Allowance, waitingSeconds } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';
import { PasswordOptions } from './password-options.js';

/** A limit on passwords, and its row as it was read. */
interface PasswordLimit {
  id: string;
  limit: Allowance;
  row?: MfaRateLimit;
}

/** A password that is about to be judged. */
export interface PasswordAttempt {
  startedAt: Date;
  /** The limits that it is judged under. */
  limits: PasswordLimit[];
  /** The row to remember for an hour if it is wrong: its network has paid for this name. */
  charged?: string;
  /** Where it came from, and until when its name is known to sign in from there. */
  network: { name: string; id: string; knownUntil?: Date };
}

/**
 * Slows anyone who guesses passwords. Each network has an allowance for each name, and all networks that a name has not signed in
 * from share one. This locks no name: a network that the name has signed in from keeps its own allowance.
 */
@Injectable()
export class PasswordAttempts {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly users: UserDirectory,
    private readonly clock: Clock,
    private readonly options: PasswordOptions,
    private readonly events: EventTeller,
  ) {}

  /** Refuses while none is left, before the work of judging. @throws {MfaError} `locked`, also for unknown names */
  async begin(username: string, from: string): Promise<PasswordAttempt> {
    const now = this.clock.now();
    const { pair, name, network, charged, known } = this.idsOf(username, from);
    const rows = await this.rateLimits.find([pair, name, network, charged, known]);
    const lives = (id: string) => (rows.get(id)?.expiresAt ?? now) > now;
    const { perNetwork, perUser, namesPerNetwork } = this.options;
    const limits = [{ id: pair, limit: { burst: perNetwork, refillSeconds: 60 } }];
    if (!lives(known)) limits.push({ id: name, limit: { burst: perUser, refillSeconds: HOUR / perUser } });
    // A network pays for the names that it gets wrong, each of them once an hour.
    const pays = !lives(known) && !lives(charged);
    if (pays) limits.push({ id: network, limit: { burst: namesPerNetwork, refillSeconds: 10 } });
    // Nothing is told of it: a flood of requests that are refused must cost as little as can be.
    refuseIf(Math.max(...limits.map(({ id, limit }) => waitingSeconds(rows.get(id), limit, now))));
    return {
      startedAt: now,
      limits: limits.map((limit) => ({ ...limit, row: rows.get(limit.id) })),
      ...(pays && { charged }),
      network: { name: from, id: known, knownUntil: rows.get(known)?.expiresAt },
    };
  }

  /**
   * Counts a password that was judged. Nobody is told the outcome before this: of a burst of requests no more are told
   * than were left, and a right password among them is one of those or none. @throws {MfaError} `locked`
   */
  async end({ limits, charged, network }: PasswordAttempt, isRight: boolean): Promise<void> {
    const now = this.clock.now();
    for (const [index, limit] of limits.entries()) {
      const wait = await this.spend(limit, now, !isRight);
      if (wait === 0) continue;
      // A right one whose outcome is not told has cost what a wrong one has, or what is left would tell it.
      for (const earlier of limits.slice(0, index)) await this.spend(earlier, now, isRight);
      refuseIf(wait);
    }
    if (isRight) return this.tidy(limits);
    if (charged) await this.rateLimits.remember(charged, secondsAfter(now, HOUR));
    await this.tellOfWrongOne(limits, now, network.name);
  }

  /** Notes that a name has signed in from this network. */
  async remember({ network }: PasswordAttempt): Promise<void> {
    const { id, knownUntil } = network;
    const [days, now] = [this.options.knownNetworkDays, this.clock.now()];
    // Once a day is enough, and saves a write at each login.
    if (knownUntil && knownUntil > secondsAfter(now, (days - 1) * DAY)) return;
    await this.rateLimits.remember(id, secondsAfter(now, days * DAY), { isNew: !knownUntil });
  }

  // Who has signed in leaves no row that strangers' wrong passwords for the same name would meet, and be slower by.
  private tidy([, ...shared]: PasswordLimit[]): Promise<void> {
    return this.rateLimits.dropUnused(shared.filter(({ row }) => !row).map(({ id }) => id));
  }

  private spend({ id, limit, row }: PasswordLimit, now: Date, isTaken: boolean): Promise<number> {
    const taking = { id, limit, now, isNew: !row };
    return isTaken ? this.rateLimits.take(taking) : this.rateLimits.confirm(taking);
  }

  private async tellOfWrongOne(limits: PasswordLimit[], now: Date, network: string): Promise<void> {
    await this.events.tell({ type: 'password_refused', userId: null, at: now }, { network });
    const rows = await this.rateLimits.find(limits.map(({ id }) => id));
    const retryAfterSeconds = Math.max(...limits.map(({ id, limit }) => waitingSeconds(rows.get(id), limit, now)));
    if (retryAfterSeconds === 0) return;
    await this.events.tell({ type: 'passwords_slowed', userId: null, at: now, retryAfterSeconds }, { network });
  }

  private idsOf(username: string, network: string) {
    const name = this.users.canonicalName(username);
    const id = (...parts: string[]) => this.rateLimits.id('password', ...parts);
    // One hash for all that is kept of a name and a network together, so that their rows also lie together.
    const pair = id('name and network', name, network);
    const beside = (mark: string) => `${pair.slice(0, -2)}-${mark}`;
    return { pair, name: id('name', name), network: id('network', network), charged: beside('c'), known: beside('k') };
  }
}

function refuseIf(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new MfaError('locked', { retryAfterSeconds });
}
