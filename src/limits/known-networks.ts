import { Injectable } from '@nestjs/common';
import { Clock, DAY, secondsAfter } from '../core/clock.js';
import { siteOf } from '../http/network.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { PasswordOptions } from './password-options.js';
import { RateLimits } from './rate-limits.js';

/** Whether a user has signed in from a network, or from another network of the same site. */
export interface Standing {
  userId: string;
  network: string;
  isKnown: boolean;
  isSiteKnown: boolean;
  /** The rows that remember this, and until when. */
  notes: { id: string; until?: Date }[];
}

/** A standing as JSON: until when its rows remember the network, in milliseconds since 1970, or `NO_ROW`. */
export interface NotedStanding {
  network: string;
  until: number[];
}

/** Has as many digits as a time: otherwise the length of an `mfa_token` would tell whether a network is known. */
const NO_ROW = 10 ** 12;

/** Notes a user's standing for a moment. */
export function notedOf({ network, notes }: Standing): NotedStanding {
  return { network, until: notes.map(({ until }) => until?.getTime() ?? NO_ROW) };
}

function untilOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined || milliseconds === NO_ROW ? undefined : new Date(milliseconds);
}

/**
 * Remembers the networks that each user has signed in from, by the user's id, because two users' names may have the same canonical
 * form. An IPv6 site is remembered too, because its owner's next network is in the same site.
 */
@Injectable()
export class KnownNetworks {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly clock: Clock,
    private readonly options: PasswordOptions,
  ) {}

  /** Returns the ids of the rows that `read` needs. An unknown user has as many, so that the work is the same. */
  ids(userId: string, network: string): string[] {
    const places = new Set([network, siteOf(network)]);
    return [...places].map((place) => this.rateLimits.id('known', userId, place));
  }

  /** Returns a user's standing from those rows. */
  read(rows: ReadonlyMap<string, MfaRateLimit>, userId: string, network: string): Standing {
    const notes = this.ids(userId, network).map((id) => ({ id, until: rows.get(id)?.expiresAt }));
    return this.standing(userId, network, notes);
  }

  /** Returns a user's standing as it was noted a moment ago, if that was for this network. Otherwise reads it. */
  async recall(userId: string, network: string, noted?: NotedStanding): Promise<Standing> {
    if (noted?.network !== network) return this.find(userId, network);
    const notes = this.ids(userId, network).map((id, index) => ({ id, until: untilOf(noted.until[index]) }));
    return this.standing(userId, network, notes);
  }

  /** Reads a user's standing. */
  async find(userId: string, network: string): Promise<Standing> {
    return this.read(await this.rateLimits.find(this.ids(userId, network)), userId, network);
  }

  private standing(userId: string, network: string, notes: Standing['notes']): Standing {
    const now = this.clock.now();
    const lives = (note: Standing['notes'][number] | undefined) => (note?.until ?? now) > now;
    return { userId, network, isKnown: lives(notes[0]), isSiteKnown: notes.some(lives), notes };
  }

  /** Remembers that a user has signed in from this network. */
  async remember({ notes }: Standing): Promise<void> {
    const [days, now] = [this.options.knownNetworkDays, this.clock.now()];
    for (const { id, until } of notes) {
      const latest = secondsAfter(now, days * DAY);
      // Renewed once a day, which saves a write at each login. An end beyond `latest` was written while the clock was ahead.
      if (until && until > secondsAfter(latest, -DAY) && until <= secondsAfter(latest, 60)) continue;
      await this.rateLimits.remember(id, latest, { isNew: !until });
    }
  }
}
