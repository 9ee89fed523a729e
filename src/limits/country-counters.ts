import { Injectable } from '@nestjs/common';
import { HOUR } from '../core/clock.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { MessageOptions } from './message-options.js';
import { RateLimits } from './rate-limits.js';

/** Messages to a country in this hour and the one before, from which on the share of right codes counts. */
const TELLING = 50;

/** What is counted for a country, in the hours since its last stop. */
export type Counter = 'sent to' | 'verified in';

/** Counts the messages to a country, and how many of their codes were entered. */
@Injectable()
export class CountryCounters {
  constructor(
    private readonly limits: RateLimits,
    private readonly options: MessageOptions,
  ) {}

  // By the hours of the clock, so that what was sent and what was verified are of the same time.
  /** The rows of a counter: of this hour, and of the one before. */
  ids(what: Counter, country: string, since: string, now: Date): string[] {
    const hour = Math.floor(now.getTime() / 1000 / HOUR);
    return [hour, hour - 1].map((which) => this.limits.id(what, country, since, String(which)));
  }

  /** The rows of both counters. */
  find(country: string, since: string, now: Date): Promise<Map<string, MfaRateLimit>> {
    return this.limits.find([
      ...this.ids('sent to', country, since, now),
      ...this.ids('verified in', country, since, now),
    ]);
  }

  /** Whether too few codes were entered, not counting `own` messages of the one who asks. */
  isPumped(
    rows: ReadonlyMap<string, MfaRateLimit>,
    { country, since, now, own }: { country: string; since: string; now: Date; own: number },
  ): boolean {
    const sum = (what: Counter) =>
      this.ids(what, country, since, now).reduce((all, id) => all + (rows.get(id)?.taken ?? 0), 0);
    // Many people at once have not entered their codes yet: where many are allowed, a few tell nothing.
    const telling = Math.max(TELLING, this.options.perCountryPerDay / 100);
    const before = sum('sent to') - own;
    return before >= telling && sum('verified in') < before * this.options.minimumVerifiedShare;
  }
}
