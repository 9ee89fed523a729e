import { Injectable } from '@nestjs/common';
import { HOUR } from '../core/clock.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { MessageOptions } from './message-options.js';
import { RateLimits } from './rate-limits.js';

/** The fewest messages to a country, in this hour and the one before, that its share of right codes is judged by. */
const TELLING = 50;

/** What is counted for a country since its last stop. */
type Counter = 'sent to' | 'verified in';

/** Counts the messages to a country, and how many of their codes were entered. */
@Injectable()
export class CountryCounters {
  constructor(
    private readonly limits: RateLimits,
    private readonly options: MessageOptions,
  ) {}

  /** Returns the ids of a counter: of this clock hour and the one before, so that both counters cover the same time. */
  ids(what: Counter, country: string, since: string, now: Date): string[] {
    const hour = Math.floor(now.getTime() / 1000 / HOUR);
    return [hour, hour - 1].map((which) => this.limits.id(what, country, since, String(which)));
  }

  /** Reads the rows of both counters. */
  find(country: string, since: string, now: Date): Promise<Map<string, MfaRateLimit>> {
    return this.limits.find([
      ...this.ids('sent to', country, since, now),
      ...this.ids('verified in', country, since, now),
    ]);
  }

  /** Says whether too few codes were entered (SMS pumping). `own` messages, of this request itself, do not count. */
  isPumped(
    rows: ReadonlyMap<string, MfaRateLimit>,
    { country, since, now, own }: { country: string; since: string; now: Date; own: number },
  ): boolean {
    const sum = (what: Counter) =>
      this.ids(what, country, since, now).reduce((all, id) => all + (rows.get(id)?.taken ?? 0), 0);
    // Codes that were just sent are not entered yet, so a country with a high limit needs more messages before it is judged.
    const telling = Math.max(TELLING, this.options.perCountryPerDay / 100);
    const before = sum('sent to') - own;
    return before >= telling && sum('verified in') < before * this.options.minimumVerifiedShare;
  }
}
