import { Injectable, Logger } from '@nestjs/common';
import { EventTeller } from '../core/events.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import type { CountedMessage } from './message-budget.js';
import type { QuotaTaking } from './rate-limit-statements.js';
import { RateLimits } from './rate-limits.js';
import type { MessageQuota } from './shared-quotas.js';

/** The used share of a quota at which the application is warned. */
const NEARLY_ALL = 0.8;

/** Warns the application, once, before a quota is used up that many share: of a country, of all of them, or of a kind of message without one. */
@Injectable()
export class QuotaWarnings {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly limits: RateLimits,
    private readonly events: EventTeller,
  ) {}

  /** Returns the rows that `tell` needs, of warnings given already. */
  told(quotas: readonly MessageQuota[]): QuotaTaking[] {
    return quotas.filter(isOfMany).map((quota) => this.toldOnce(quota));
  }

  /** Warns if a message that was just taken has nearly used up such a quota. */
  async tell(
    quotas: readonly MessageQuota[],
    rows: ReadonlyMap<string, MfaRateLimit>,
    message: CountedMessage,
  ): Promise<void> {
    for (const quota of quotas.filter(isOfMany)) {
      const taken = takenOf(rows.get(quota.id), message.now);
      const told = rows.get(this.toldOnce(quota).id);
      if (taken < quota.limit.most * NEARLY_ALL || (told && told.expiresAt > message.now)) continue;
      await this.tellOnce(quota, quota.limit.most - taken, message);
    }
  }

  private async tellOnce(quota: NearQuota, left: number, message: CountedMessage): Promise<void> {
    const { country, challengeType, now } = message;
    // Of concurrent requests, only the first one warns.
    if ((await this.limits.take({ ...this.toldOnce(quota), now })) > 0) return;
    const isTotal = quota.name === 'total';
    this.logger.warn(
      `Messages are running out: ${left} are left today of ${isTotal ? 'messages.totalPerDay' : `messages.perCountryPerDay for ${country}`}${country === undefined ? ` by ${challengeType}` : ''}.`,
    );
    const alone = country === undefined ? { challengeType } : {};
    const of = isTotal ? ({ limit: 'total', ...alone } as const) : ({ limit: 'country', country } as const);
    await this.events.tell({ type: 'messages_running_out', userId: null, at: now, ...of, left });
  }

  // By its limit too: the part that new destinations may use has a warning of its own.
  private toldOnce({ id, limit: { most, windowSeconds } }: MessageQuota): QuotaTaking {
    return { id: this.limits.id('running out', id, String(most)), limit: { most: 1, windowSeconds } };
  }
}

type NearQuota = MessageQuota & { name: 'country' | 'total' };

function isOfMany(quota: MessageQuota): quota is NearQuota {
  return quota.name === 'country' || quota.name === 'total';
}

// The row was read before the message was taken, hence one more.
function takenOf(row: MfaRateLimit | undefined, now: Date): number {
  return row && row.expiresAt > now ? row.taken + 1 : 1;
}
