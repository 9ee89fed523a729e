import { Injectable } from '@nestjs/common';
import { Clock, DAY, secondsAfter } from '../core/clock.js';
import { siteOf } from '../http/network.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { PasswordOptions } from './password-options.js';
import { RateLimits } from './rate-limits.js';

/** Whether a user has signed in from a network: from this one, or from another of the same site. */
export interface Standing {
  userId: string;
  network: string;
  isKnown: boolean;
  isSiteKnown: boolean;
  /** The rows that say so, and until when. */
  notes: { id: string; until?: Date }[];
}

/**
 * Remembers the networks that each user has signed in from. It goes by the user's id: by a name, another user with a similar one would make
 * networks known for somebody else. An IPv6 site is remembered beside the network, because its next network is still its owner's.
 */
@Injectable()
export class KnownNetworks {
  constructor(
    private readonly rateLimits: RateLimits,
    private readonly clock: Clock,
    private readonly options: PasswordOptions,
  ) {}

  /** The rows to find before `read`. For nobody there are as many, and none of them exists. */
  ids(userId: string, network: string): string[] {
    const places = new Set([network, siteOf(network)]);
    return [...places].map((place) => this.rateLimits.id('known', userId, place));
  }

  /** Where a user stands, by those rows. */
  read(rows: ReadonlyMap<string, MfaRateLimit>, userId: string, network: string): Standing {
    const now = this.clock.now();
    const notes = this.ids(userId, network).map((id) => ({ id, until: rows.get(id)?.expiresAt }));
    const lives = (note: Standing['notes'][number] | undefined) => (note?.until ?? now) > now;
    return { userId, network, isKnown: lives(notes[0]), isSiteKnown: notes.some(lives), notes };
  }

  /** Where a user stands, if nothing was read yet. */
  async find(userId: string, network: string): Promise<Standing> {
    return this.read(await this.rateLimits.find(this.ids(userId, network)), userId, network);
  }

  /** Notes that a user has signed in from there. */
  async remember({ notes }: Standing): Promise<void> {
    const [days, now] = [this.options.knownNetworkDays, this.clock.now()];
    for (const { id, until } of notes) {
      const latest = secondsAfter(now, days * DAY);
      // Once a day is enough, and saves a write at each login. A later end than the latest one was written while the clock was ahead.
      if (until && until > secondsAfter(latest, -DAY) && until <= secondsAfter(latest, 60)) continue;
      await this.rateLimits.remember(id, latest, { isNew: !until });
    }
  }
}
