import { Injectable } from '@nestjs/common';
import { HOUR } from '../core/clock.js';
import { siteOf } from '../http/network.js';
import { UserDirectory } from '../users/user-directory.js';
import type { Standing } from './known-networks.js';
import { PasswordOptions } from './password-options.js';
import type { Allowance } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';

/** The rows of a name and a network, by their ids. */
export interface PasswordRows {
  /** The name from this network, and from its site. For IPv4 they are the same row. */
  fromNetwork: string;
  fromSite: string;
  name: string;
  site: string;
  /** Whether the site has paid for this name. */
  charged: string;
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
    const fromSite = id('name and network', name, site);
    return {
      fromNetwork: site === network ? fromSite : id('name and network', name, network),
      fromSite,
      name: id('name', name),
      site: id('network', site),
      // One hash for all that is kept of a name and a site together, so that their rows also lie together.
      charged: `${fromSite.slice(0, -2)}-c`,
    };
  }

  /** The limits for a user who stands so. The first is that of the name from there, the others are shared with strangers. */
  of(rows: PasswordRows, { isKnown, isSiteKnown }: Standing, pays: boolean): PasswordLimit[] {
    const { perNetwork, perUser, namesPerNetwork } = this.options;
    const own = { limit: { burst: perNetwork, refillSeconds: 60 }, paysFirstFrom: 1 };
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
