import { Injectable } from '@nestjs/common';
import { DAY } from '../core/clock.js';
import { isPermanent, type MessageFailure } from '../core/message-failure.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { GatewayBreaker } from './gateway-breaker.js';
import type { CountedMessage, MessageRefusal } from './message-budget.js';
import { MessageOptions } from './message-options.js';
import { takeAtOnce } from './quotas-at-once.js';
import { firstFull, type FullLimit } from './rate-limit.js';
import { COUNT_ONLY } from './rate-limit-statements.js';
import { QuotaWarnings } from './quota-warnings.js';
import { RateLimits } from './rate-limits.js';
import { type MessageQuota, sharedQuotas } from './shared-quotas.js';
import { quietly } from './quietly.js';
import { VerifiedShare } from './verified-share.js';

const MONTH = 30 * DAY;

/** The refusal of a message, or null, and whether its gateway has failed within the last minute. */
interface Taken {
  refusal: MessageRefusal | null;
  isShaky: boolean;
}

/**
 * The limits on messages beyond one user's last day (see `decideMessage`). A message takes them before it is sent. It gives them back only
 * if the gateway said no.
 */
@Injectable()
export class MessageQuotas {
  constructor(
    private readonly limits: RateLimits,
    private readonly share: VerifiedShare,
    private readonly breaker: GatewayBreaker,
    private readonly warnings: QuotaWarnings,
    private readonly options: MessageOptions,
  ) {}

  /** Takes a message from its quotas, or returns the limit that is used up. */
  async take(message: CountedMessage): Promise<Taken> {
    const isEnrolment = message.purpose === 'enrolment';
    const [shared, personal] = [
      sharedQuotas(message, this.options, this.limits),
      isEnrolment ? this.newDestination(message) : [],
    ];
    const ids = [...shared, ...personal].map(({ id }) => id);
    const more = isEnrolment ? this.share.idsOf(message) : [];
    const lasting = [...this.warnings.told(shared), this.breaker.counted(message)];
    const rows = await this.limits.find([...ids, ...more, ...lasting.map(({ id }) => id)]);
    if (isEnrolment) lasting.push(...this.share.lasting(message));
    await this.limits.putRight([...shared, ...personal, ...lasting], rows, message.now);
    const quotas = [...(this.isKnown(personal, rows, message) ? [] : personal), ...shared];
    // All are checked before any is taken, so that a refusal uses up nothing, outside of a burst.
    const full = named(quotas, firstFull(quotas, rows, message.now)) ?? (await this.breaker.refusal(rows, message));
    const refusal =
      full ?? (await (isEnrolment ? this.takeShared(quotas, rows, message) : this.takeEach(quotas, rows, message)));
    if (!refusal) await quietly(() => this.warnings.tell(shared, rows, message));
    return { refusal, isShaky: this.breaker.isShaky(rows, message) };
  }

  /** Records that a message was sent after the gateway had failed. */
  async recordRecovery(message: CountedMessage): Promise<void> {
    await quietly(() => this.breaker.recordSuccess(message));
  }

  /**
   * Records that a message failed. If the gateway refused it, its quotas are given back. If no answer came, the message may have gone
   * out, so it counts.
   */
  async recordFailure(message: CountedMessage, failure: MessageFailure): Promise<void> {
    if (message.purpose === 'enrolment') await this.share.recordFailure(message);
    await quietly(async () => {
      if (!isPermanent(failure)) await this.breaker.recordFailure(message);
      if (failure !== 'unknown') await this.limits.giveBack(...this.returned(message, failure).map(({ id }) => id));
    });
  }

  // The network's quota is not given back for a number that takes no messages, or an attacker could test numbers without limit.
  private returned(message: CountedMessage, failure: MessageFailure): MessageQuota[] {
    return sharedQuotas(message, this.options, this.limits).filter(
      ({ name }) => name !== 'network' || !isPermanent(failure),
    );
  }

  private async takeShared(
    quotas: readonly MessageQuota[],
    rows: ReadonlyMap<string, MfaRateLimit>,
    message: CountedMessage,
  ): Promise<MessageRefusal | null> {
    const share = this.share.read(rows, message);
    return (
      (await this.share.refusal(share, message)) ??
      (await this.takeEach([...quotas, ...this.share.counting(share, message)], rows, message)) ??
      this.share.confirm(share, message)
    );
  }

  private async takeEach(
    quotas: readonly MessageQuota[],
    rows: ReadonlyMap<string, MfaRateLimit>,
    { now }: CountedMessage,
  ): Promise<MessageRefusal | null> {
    return named(quotas, await takeAtOnce(this.limits, quotas, rows, now));
  }

  // The user's row has the new destinations of the last day. Here, one row counts those of the month; the other remembers this one.
  private newDestination({ userId, destination }: CountedMessage): MessageQuota[] {
    const { newDestinationsPerMonth: most } = this.options;
    const name = 'new_destinations';
    return [
      { name, id: newDestinationsId(userId, this.limits), limit: { most, windowSeconds: MONTH } },
      {
        name,
        id: this.limits.id('destination of', userId, destination),
        limit: { most: COUNT_ONLY, windowSeconds: MONTH },
      },
    ];
  }

  private isKnown(
    [, seen]: readonly MessageQuota[],
    rows: ReadonlyMap<string, MfaRateLimit>,
    { now }: CountedMessage,
  ): boolean {
    const row = seen && rows.get(seen.id);
    return row !== undefined && row.expiresAt > now;
  }
}

/** Returns the id of the row that counts a user's new destinations of the month. */
export function newDestinationsId(userId: string, limits: RateLimits): string {
  return limits.id('destinations of', userId);
}

/** Returns the refusal by the full quota, or null. */
function named(quotas: readonly MessageQuota[], full: FullLimit | null): MessageRefusal | null {
  return full && { limit: quotas.find(({ id }) => id === full.id)!.name, retryAfterSeconds: full.retryAfterSeconds };
}
