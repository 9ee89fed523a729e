import { Injectable } from '@nestjs/common';
import { DAY, HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import type { CountedMessage, MessageRefusal } from './message-budget.js';
import { CountryCounters } from './country-counters.js';
import { quietly } from './quietly.js';
import { COUNT_ONLY, type QuotaTaking } from './rate-limit-statements.js';
import { RateLimits } from './rate-limits.js';

/** Seconds for which a user's destination is trusted after a right code. */
const TRUSTED_SECONDS = 90 * DAY;

const STOP = { most: 1, windowSeconds: HOUR };

/** Seconds for which a stop is remembered: its hour, and the two hours that are counted after it. */
const SINCE_SECONDS = 3 * HOUR;

/** The parts of a message that the share is counted by. */
type Counted = Pick<CountedMessage, 'userId' | 'destination' | 'country' | 'now'>;

/** The state of a country, and whether the user's destination is trusted regardless. */
interface Share {
  /** True only if this user has confirmed the destination. Otherwise the answer would reveal that another user has. */
  isTrusted: boolean;
  /** True if a right code for this destination was counted, from any user. */
  isCounted: boolean;
  stoppedUntil: Date;
  /** The moment of the last stop, or ''. Counting starts again there, or the old counts would cause the next stop. */
  since: string;
  rows: ReadonlyMap<string, MfaRateLimit>;
}

/**
 * Stops messages to a country's new destinations for an hour if too few of their codes are entered. That is the sign of SMS pumping:
 * attackers who earn from messages request many, and do not enter the codes.
 */
@Injectable()
export class VerifiedShare {
  constructor(
    private readonly limits: RateLimits,
    private readonly counters: CountryCounters,
    private readonly events: EventTeller,
  ) {}

  /** Returns the ids of the rows that `read` needs: the state, and the counters of a country without a stop. */
  idsOf({ userId, destination, country = '', now }: Counted): string[] {
    const state = [...this.verifiedIds(userId, destination), ...this.stateIds(country)];
    return [
      ...state,
      ...this.counters.ids('sent to', country, '', now),
      ...this.counters.ids('verified in', country, '', now),
    ];
  }

  /** Returns the rows of a stop with their limits. */
  lasting({ country = '' }: Counted): QuotaTaking[] {
    const [stopped, since] = this.stateIds(country);
    return [
      { id: stopped, limit: STOP },
      { id: since, limit: { most: 1, windowSeconds: SINCE_SECONDS } },
    ];
  }

  /** Returns the state of a message's country from those rows. */
  read(rows: ReadonlyMap<string, MfaRateLimit>, { userId, destination, country = '', now }: Counted): Share {
    const until = (id: string) => rows.get(id)?.expiresAt ?? now;
    const [stopped, since] = this.stateIds(country).map(until) as [Date, Date];
    const [own, anybodys] = this.verifiedIds(userId, destination).map(until) as [Date, Date];
    return {
      isTrusted: own > now,
      isCounted: anybodys > now,
      stoppedUntil: stopped,
      since: since > now ? since.toISOString() : '',
      rows,
    };
  }

  /** Returns the refusal of a message, or null, before anything is taken for it. */
  async refusal(share: Share, { country, now }: Counted): Promise<MessageRefusal | null> {
    if (country === undefined || share.isTrusted) return null;
    const retryAfterSeconds = secondsUntil(now, share.stoppedUntil);
    if (retryAfterSeconds > 0) return { limit: 'unverified', retryAfterSeconds };
    const rows = share.since === '' ? share.rows : await this.counters.find(country, share.since, now);
    return this.counters.isPumped(rows, { country, since: share.since, now, own: 0 }) ? this.stop(country, now) : null;
  }

  /** Returns the counter that a message takes from. */
  counting({ isTrusted, since }: Share, { country, now }: Counted): (QuotaTaking & { name: 'unverified' })[] {
    if (country === undefined || isTrusted) return [];
    const [id] = this.counters.ids('sent to', country, since, now);
    return [{ name: 'unverified', id: id!, limit: COUNTER }];
  }

  /** Returns the refusal of a message, or null, after it was counted, so that a burst cannot outrun the count. */
  async confirm({ isTrusted, since }: Share, { country, now }: Counted): Promise<MessageRefusal | null> {
    if (country === undefined || isTrusted) return null;
    const rows = await this.counters.find(country, since, now);
    return this.counters.isPumped(rows, { country, since, now, own: 1 }) ? this.stop(country, now) : null;
  }

  /** Removes a failed message from the count, because nobody can enter its code. */
  async recordFailure(message: Counted): Promise<void> {
    const { country, now } = message;
    if (country === undefined) return;
    await quietly(async () => {
      const { isTrusted, since } = await this.find(message);
      if (!isTrusted) await this.limits.giveBack(this.counters.ids('sent to', country, since, now)[0]!);
    });
  }

  /** Counts a right code, once for each destination, and trusts the user's destination from now on. */
  async recordVerified(message: Counted): Promise<void> {
    const { userId, destination, country, now } = message;
    await quietly(async () => {
      const { isTrusted, isCounted, since, rows } = await this.find(message);
      if (country !== undefined && !isTrusted) {
        const [sent, verified] = (['sent to', 'verified in'] as const).map(
          (what) => this.counters.ids(what, country, since, now)[0]!,
        ) as [string, string];
        // One destination that is confirmed repeatedly must not raise the share.
        if (isCounted) await this.limits.giveBack(sent);
        else await this.limits.take({ id: verified, limit: COUNTER, now, isNew: since === '' && !rows.has(verified) });
      }
      const until = secondsAfter(now, TRUSTED_SECONDS);
      for (const id of this.verifiedIds(userId, destination)) {
        await this.limits.remember(id, until, { isNew: !rows.has(id) });
      }
    });
  }

  private async find(message: Counted): Promise<Share> {
    return this.read(await this.limits.find(this.idsOf(message)), message);
  }

  private async stop(country: string, now: Date): Promise<MessageRefusal> {
    const [stopped, since] = this.stateIds(country);
    // Of concurrent requests, only the first one tells of it.
    if ((await this.limits.take({ id: stopped, limit: STOP, now })) === 0) {
      await this.limits.remember(since, secondsAfter(now, SINCE_SECONDS));
      await this.events.tell({ type: 'sending_stopped', userId: null, at: now, country });
    }
    return { limit: 'unverified', retryAfterSeconds: HOUR };
  }

  private verifiedIds(userId: string, destination: string): [string, string] {
    return [this.limits.id('verified by', userId, destination), this.limits.id('verified', destination)];
  }

  private stateIds(country: string): [string, string] {
    return [this.limits.id('stopped', country), this.limits.id('since', country)];
  }
}

const COUNTER = { most: COUNT_ONLY, windowSeconds: 2 * HOUR };
