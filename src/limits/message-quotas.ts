import { Injectable } from '@nestjs/common';
import { DAY, HOUR, secondsAfter } from '../core/clock.js';
import type { MessageLimit } from '../core/events.js';
import { type Quota, waitingSeconds } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';
import { MessageOptions } from './message-options.js';
import type { MessageRefusal, OutgoingMessage } from './outgoing-message.js';
import { VerifiedShare } from './verified-share.js';

const MONTH = 30 * DAY;

interface MessageQuota {
  limit: MessageLimit;
  id: string;
  quota: Quota;
}

/**
 * The limits of messages beyond those of one user's last day (see `decideMessage`). Each is taken in one statement before
 * the message is sent; a message that fails has cost them all the same.
 */
@Injectable()
export class MessageQuotas {
  constructor(
    private readonly limits: RateLimits,
    private readonly share: VerifiedShare,
    private readonly options: MessageOptions,
  ) {}

  /** Takes what a message costs, or says which limit has no room for it. */
  async take(message: OutgoingMessage): Promise<MessageRefusal | null> {
    const { userId, destination, isEnrolment, now } = message;
    const seen = this.limits.id('destination of', userId, destination);
    const isNew = isEnrolment && !(await this.limits.isRemembered(seen, now));
    const quotas = [...(isNew ? [this.newDestinations(message)] : []), ...this.sharedQuotas(message)];
    const refusal = (await this.refusal(quotas, message)) ?? (await this.takeEach(quotas, message));
    if (!refusal && isNew) await this.limits.remember(seen, secondsAfter(now, MONTH));
    return refusal;
  }

  /** Says that a message has failed. It has cost its limits all the same, but nobody can have entered its code. */
  async recordFailure(message: OutgoingMessage): Promise<void> {
    if (message.isEnrolment) await this.share.recordFailure(message);
  }

  // Looked at before any is taken: what one of them refuses must use up nothing of the others.
  private async refusal(quotas: MessageQuota[], message: OutgoingMessage): Promise<MessageRefusal | null> {
    const rows = await this.limits.find(quotas.map(({ id }) => id));
    for (const { limit, id, quota } of quotas) {
      const retryAfterSeconds = waitingSeconds(rows.get(id), quota, message.now);
      if (retryAfterSeconds > 0) return { limit, retryAfterSeconds };
    }
    return message.isEnrolment ? this.share.refusal(message) : null;
  }

  private async takeEach(quotas: MessageQuota[], message: OutgoingMessage): Promise<MessageRefusal | null> {
    for (const { limit, id, quota } of quotas) {
      const retryAfterSeconds = await this.limits.take({ id, limit: quota, now: message.now });
      if (retryAfterSeconds > 0) return { limit, retryAfterSeconds };
    }
    return message.isEnrolment ? this.share.take(message) : null;
  }

  // The user's row knows the new destinations of the last day; these are those of the month.
  private newDestinations({ userId }: OutgoingMessage): MessageQuota {
    const quota = { most: this.options.newDestinationsPerMonth, windowSeconds: MONTH };
    return { limit: 'new_destinations', id: this.limits.id('destinations of', userId), quota };
  }

  private sharedQuotas({ destination, network, country, isEnrolment }: OutgoingMessage): MessageQuota[] {
    const { perDestinationPerHour, perDestinationPerDay, perCountryPerDay } = this.options;
    const { enrolmentsPerNetworkPerHour, loginsPerNetworkPerHour } = this.options;
    const perNetwork = isEnrolment ? enrolmentsPerNetworkPerHour : loginsPerNetworkPerHour;
    // New numbers get half of it, so that sign-ups, however many, leave room for the codes that people log in with.
    const perCountry = isEnrolment ? Math.ceil(perCountryPerDay / 2) : perCountryPerDay;
    const per = (limit: MessageLimit, most: number, windowSeconds: number, ...what: string[]) => ({
      limit,
      id: this.limits.id('messages', limit, String(windowSeconds), ...what),
      quota: { most, windowSeconds },
    });
    // Apart, or whoever asks to enrol somebody else's phone would keep its owner from getting codes.
    const purpose = isEnrolment ? 'enrolment' : 'login';
    return [
      per('destination', perDestinationPerHour, HOUR, destination, purpose),
      per('destination', perDestinationPerDay, DAY, destination, purpose),
      per('network', perNetwork, HOUR, network, purpose),
      ...(country === undefined ? [] : [per('country', perCountry, DAY, country)]),
    ];
  }
}
