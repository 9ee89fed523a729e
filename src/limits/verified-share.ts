import { Injectable, Logger } from '@nestjs/common';
import { DAY, HOUR, secondsAfter, secondsUntil } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { RateLimits } from './rate-limits.js';
import { MessageOptions } from './message-options.js';
import type { MessageRefusal, OutgoingMessage } from './outgoing-message.js';

/** Seconds for which a destination that gave a right code is trusted. */
const TRUSTED_SECONDS = 90 * DAY;
/** A count that refuses nothing. */
const COUNT = 2 ** 31 - 1;
/** Messages to a country in this hour and the one before, from which on the share of right codes counts. */
const TELLING = 50;

/** A message that counts. */
export type CountedMessage = Pick<OutgoingMessage, 'destination' | 'country' | 'now'>;

/**
 * Stops messages to new destinations of a country for an hour when too few of their codes are entered. Whoever is paid
 * for messages to a number asks for many and has no use for the codes.
 */
@Injectable()
export class VerifiedShare {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly limits: RateLimits,
    private readonly options: MessageOptions,
    private readonly events: EventTeller,
  ) {}

  /** Why a message to a destination would not go out, unless a code of that destination was right before. */
  refusal(message: CountedMessage): Promise<MessageRefusal | null> {
    return this.judge(message, false);
  }

  /** Counts a message that is about to go out, or refuses it if it is one too many. */
  take(message: CountedMessage): Promise<MessageRefusal | null> {
    return this.judge(message, true);
  }

  /** Counts a message no more that has failed: it says nothing of who would have entered its code. */
  async recordFailure({ destination, country, now }: CountedMessage): Promise<void> {
    if (country === undefined) return;
    await this.quietly(async () => {
      const { isVerified, since } = await this.stateOf(destination, country, now);
      if (!isVerified) await this.limits.giveBack(this.counters('sent to', country, since, now)[0]!);
    });
  }

  /** Counts a right code, and trusts its destination from now on. */
  async recordVerified({ destination, country, now }: CountedMessage): Promise<void> {
    await this.quietly(async () => {
      const state = country === undefined ? undefined : await this.stateOf(destination, country, now);
      if (state && !state.isVerified) await this.count('verified in', { country: country!, since: state.since, now });
      const until = secondsAfter(now, TRUSTED_SECONDS);
      await this.limits.remember(this.limits.id('verified', destination), until);
    });
  }

  private async judge({ destination, country, now }: CountedMessage, isTaken: boolean): Promise<MessageRefusal | null> {
    if (country === undefined) return null;
    const { isVerified, stoppedUntil, since } = await this.stateOf(destination, country, now);
    if (isVerified) return null;
    if (stoppedUntil > now) return { limit: 'unverified', retryAfterSeconds: secondsUntil(now, stoppedUntil) };
    // Counted before it is looked at, so that a burst of requests cannot outrun the count.
    if (isTaken) await this.count('sent to', { country, since, now });
    return (await this.isPumped(country, since, now, isTaken ? 1 : 0)) ? this.stop(country, now) : null;
  }

  // The message has failed already, or MFA is on already: an answer that says something else would be a lie.
  private async quietly(count: () => Promise<void>): Promise<void> {
    try {
      await count();
    } catch (error) {
      this.logger.error(`A message was not counted: ${error instanceof Error ? error.name : typeof error}`);
    }
  }

  private async stateOf(destination: string, country: string, now: Date) {
    const [verified, stopped, since] = [
      this.limits.id('verified', destination),
      this.limits.id('stopped', country),
      this.limits.id('since', country),
    ];
    const rows = await this.limits.find([verified, stopped, since]);
    const until = (id: string) => rows.get(id)?.expiresAt ?? now;
    return {
      isVerified: until(verified) > now,
      stoppedUntil: until(stopped),
      // What was counted before the last stop would bring about the next one: since then, all is counted under its name.
      since: until(since) > now ? until(since).toISOString() : '',
    };
  }

  private async count(what: string, at: { country: string; since: string; now: Date }): Promise<void> {
    const [id] = this.counters(what, at.country, at.since, at.now);
    await this.limits.take({ id: id!, limit: { most: COUNT, windowSeconds: 2 * HOUR }, now: at.now });
  }

  private async isPumped(country: string, since: string, now: Date, own = 0): Promise<boolean> {
    const [sent, verified] = ['sent to', 'verified in'].map((what) => this.counters(what, country, since, now));
    const rows = await this.limits.find([...sent!, ...verified!]);
    const sum = (ids: string[]) => ids.reduce((all, id) => all + (rows.get(id)?.taken ?? 0), 0);
    // Many people at once have not entered their codes yet: where many are allowed, a few tell nothing.
    const telling = Math.max(TELLING, this.options.perCountryPerDay / 100);
    const before = sum(sent!) - own;
    return before >= telling && sum(verified!) < before * this.options.minimumVerifiedShare;
  }

  private async stop(country: string, now: Date): Promise<MessageRefusal> {
    const once = { id: this.limits.id('stopped', country), limit: { most: 1, windowSeconds: HOUR }, now };
    // Told by one of the requests that find it out at the same moment.
    if ((await this.limits.take(once)) === 0) {
      // As long as its hour and the counted ones after it.
      await this.limits.remember(this.limits.id('since', country), secondsAfter(now, 3 * HOUR));
      await this.events.tell({ type: 'sending_stopped', userId: null, at: now, country });
    }
    return { limit: 'unverified', retryAfterSeconds: HOUR };
  }

  // By the hours of the clock, so that what was sent and what was verified are of the same time.
  private counters(what: string, country: string, since: string, now: Date): string[] {
    const hour = Math.floor(now.getTime() / 1000 / HOUR);
    return [hour, hour - 1].map((which) => this.limits.id(what, country, since, String(which)));
  }
}
