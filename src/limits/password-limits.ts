import { Injectable } from '@nestjs/common';
import { HOUR, secondsAfter } from '../core/clock.js';
import { siteOf } from '../http/network.js';
import { UserDirectory } from '../users/user-directory.js';
import type { Standing } from './known-networks.js';
import { PasswordOptions } from './password-options.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { type Allowance, notedIn } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';

/** The rows of a name and a network, by their ids. */
export interface PasswordRows {
  /** The name from this network, and from its site. For IPv4 they are the same row. */
  fromNetwork: string;
  fromSite: string;
  name: string;
  site: string;
}

/** A limit on passwords, and the id of its row. */
export interface PasswordLimit {
  id: string;
  limit: Allowance;
  /** How many must be taken before an attempt pays first. It then holds one while it is judged. */
  paysFirstFrom: number;
}

/** Which limits a password is judged under. */
@Injectable()
export class PasswordLimits {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly users: UserDirectory,
    private readonly options: PasswordOptions,
  ) {}

  /** The rows of a name from a network. Strangers are counted by the site. */
  rowsOf(username: string, network: string): PasswordRows {
    const [name, site] = [this.users.canonicalName(username), siteOf(network)];
    const id = (...parts: string[]) => this.rateLimits.id('password', ...parts);
    const fromSite = id('name from network', name, site);
    return {
      fromNetwork: site === network ? fromSite : id('name from network', name, network),
      fromSite,
      name: id('name', name),
      site: id('network', site),
    };
  }

  /** Until when a network has paid for a name: it pays for each that it gets wrong once an hour. */
  paidUntil(row: MfaRateLimit | undefined, now: Date): Date {
    const until = row ? notedIn(row) : now;
    // What lies further ahead was noted while the clock was.
    return until <= secondsAfter(now, HOUR) ? until : now;
  }

  /** The limits for a user who stands so. The first is that of the name from there, the others are shared with strangers. */
  of(rows: PasswordRows, { isKnown, isSiteKnown }: Standing, pays: boolean): PasswordLimit[] {
    const { perNetwork, perUser, namesPerNetwork } = this.options;
    // It also has the note that a network has paid for a name, which lasts for an hour.
    const own = { limit: { burst: perNetwork, refillSeconds: 60, staysSeconds: HOUR }, paysFirstFrom: 1 };
    // A known network has its own: the rest of its site cannot use that up.
    if (isKnown) return [{ ...own, id: rows.fromNetwork }];
    if (isSiteKnown) return [{ ...own, id: rows.fromSite }];
    const name = { id: rows.name, limit: { burst: perUser, refillSeconds: HOUR / perUser }, paysFirstFrom: 1 };
    const limits = [{ ...own, id: rows.fromSite }, name];
    // Many innocent people may sign in there at once: while half is left, they do not hold it from each other.
    const names = { burst: namesPerNetwork, refillSeconds: 10 };
    return pays ? [...limits, { id: rows.site, limit: names, paysFirstFrom: namesPerNetwork / 2 }] : limits;
  }
}
