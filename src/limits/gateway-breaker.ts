import { Injectable } from '@nestjs/common';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import type { CountedMessage, MessageRefusal } from './message-budget.js';
import { type Quota, waitingSeconds } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';

/** Ten failures in a row within a minute are an outage. */
const OUTAGE = { most: 10, windowSeconds: 60 };

/** During an outage, one message every 5 seconds probes whether it is over. */
const PROBE = { most: 1, windowSeconds: 5 };

type Gateway = Pick<CountedMessage, 'challengeType' | 'purpose' | 'now'>;

/** Refuses messages while their gateway is down, except for a probe every few seconds. The next success ends the outage. */
@Injectable()
export class GatewayBreaker {
  constructor(private readonly limits: RateLimits) {}

  /** Returns the id of the row that counts failures. */
  id({ challengeType }: Gateway): string {
    return this.limits.id('gateway failed', challengeType);
  }

  /** Returns that row with its limit. */
  counted(message: Gateway): { id: string; limit: Quota } {
    return { id: this.id(message), limit: OUTAGE };
  }

  /** Says whether the gateway has failed within the last minute. */
  isShaky(rows: ReadonlyMap<string, MfaRateLimit>, message: Gateway): boolean {
    const row = rows.get(this.id(message));
    return row !== undefined && row.expiresAt > message.now;
  }

  /** Returns the refusal of a message during an outage, or null for the probe. */
  async refusal(rows: ReadonlyMap<string, MfaRateLimit>, message: Gateway): Promise<MessageRefusal | null> {
    const { challengeType, now } = message;
    if (waitingSeconds(rows.get(this.id(message)), OUTAGE, now) === 0) return null;
    const probe = { id: this.limits.id('gateway probe', challengeType), limit: PROBE, now };
    const retryAfterSeconds = await this.limits.take(probe);
    return retryAfterSeconds > 0 ? { limit: 'gateway', retryAfterSeconds } : null;
  }

  /** Counts a failure. Enrolments do not count: with numbers that the gateway refuses, an attacker could stop everyone's codes. */
  async recordFailure(message: Gateway): Promise<void> {
    if (message.purpose === 'enrolment') return;
    await this.limits.take({ ...this.counted(message), now: message.now });
  }

  /** Ends the outage. */
  async recordSuccess(message: Gateway): Promise<void> {
    await this.limits.remember(this.id(message), message.now);
  }
}
