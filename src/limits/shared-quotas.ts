import { DAY, HOUR } from '../core/clock.js';
import type { MessageLimit } from '../core/events.js';
import { siteOf } from '../http/network.js';
import type { CountedMessage } from './message-budget.js';
import type { MessageOptions } from './message-options.js';
import type { QuotaTaking } from './rate-limit-statements.js';
import type { RateLimits } from './rate-limits.js';

/** A quota of a message, and its public name. */
export type MessageQuota = QuotaTaking & { name: MessageLimit };

/** Returns the quotas of a message that many users share, the narrowest first. */
export function sharedQuotas(
  { destination, network, country, purpose, challengeType }: CountedMessage,
  options: MessageOptions,
  limits: RateLimits,
): MessageQuota[] {
  const { perDestinationPerHour, perDestinationPerDay, perCountryPerDay } = options;
  const { enrolmentsPerNetworkPerHour, loginsPerNetworkPerHour, totalPerDay } = options;
  const isEnrolment = purpose === 'enrolment';
  const perNetwork = isEnrolment ? enrolmentsPerNetworkPerHour : loginsPerNetworkPerHour;
  // Enrolments may use half, so that a flood of sign-ups leaves room for login codes.
  const share = (most: number) => (isEnrolment ? Math.ceil(most / 2) : most);
  const total = totalPerDay === false ? 3 * perCountryPerDay : totalPerDay;
  const per = (name: MessageLimit, most: number, windowSeconds: number, ...what: string[]) => ({
    name,
    id: limits.id('messages', name, String(windowSeconds), ...what),
    limit: { most, windowSeconds },
  });
  // Counted separately, or an attacker who tries to enrol another person's phone would use up its owner's codes.
  const kind = isEnrolment ? 'enrolment' : 'login';
  return [
    per('destination', perDestinationPerHour, HOUR, destination, kind),
    per('destination', perDestinationPerDay, DAY, destination, kind),
    per('network', perNetwork, HOUR, siteOf(network), kind),
    // A mail has no country. Mails must not use up what text messages have, nor the other way round.
    ...(country === undefined
      ? [per('total', share(total), DAY, challengeType)]
      : [per('country', share(perCountryPerDay), DAY, country), per('total', share(total), DAY)]),
  ];
}
