import { Injectable, Logger } from '@nestjs/common';
import { Hints } from '../core/development.js';
import { EventTeller, type MfaEvent } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';
import { withinSeconds } from '../core/within-seconds.js';
import type { CountedMessage, MessageRefusal } from '../limits/message-budget.js';
import { MessageOptions } from '../limits/message-options.js';
import { MessageQuotas } from '../limits/message-quotas.js';
import { failureOf, gatewayCodeOf, isPermanent } from '../core/message-failure.js';
import type { Message, MessageContext, PlannedMessage } from './message.js';

/** How sending ended. A failed message may still have gone out; a refused message has not. */
type DeliveryOutcome =
  { kind: 'sent' } | { kind: 'refused'; refusal: MessageRefusal } | { kind: 'failed'; cause: unknown };

/** Why one user got no message. */
const OWN_REASONS: Partial<Record<MessageRefusal['limit'], string>> = {
  cooldown: 'the last code is still right (messages.cooldownSeconds)',
  lock: 'wrong codes have locked the user, and a code would be refused (attempts.freeFailures)',
  user: 'the user had as many as messages.perHour or messages.perDay allow',
  new_destinations:
    'the user has tried as many phones or addresses as messages.newDestinationsPerDay or newDestinationsPerMonth allow',
  destination: 'the phone or address had as many as messages.perDestinationPerHour or perDestinationPerDay allow',
};

type FailedEvent = Extract<MfaEvent, { type: 'message_failed' }>;

/** Sends a message if the shared limits have room for it, and reports the outcome. */
@Injectable()
export class MessageDelivery {
  private readonly logger = new Logger('MfaModule');
  private readonly hints = new Hints();

  constructor(
    private readonly quotas: MessageQuotas,
    private readonly events: EventTeller,
    private readonly options: MessageOptions,
  ) {}

  /** Sends a message and returns the outcome. @throws the database's error if a limit cannot be read: then nothing went out */
  async send({ message, context, sentMessages }: PlannedMessage): Promise<DeliveryOutcome> {
    const { userId, purpose, network, now, challengeType } = context;
    const { destination, country } = sentMessages.at(-1)!;
    const counted: CountedMessage = { userId, challengeType, destination, country, purpose, network, now };
    const { refusal, isShaky } = await this.quotas.take(counted);
    const outcome: DeliveryOutcome = refusal ? { kind: 'refused', refusal } : await this.carryOut(message);
    if (outcome.kind === 'failed') await this.quotas.recordFailure(counted, failureOf(outcome.cause));
    if (outcome.kind === 'sent' && isShaky) await this.quotas.recordRecovery(counted);
    const about = { userId, at: now, challengeType };
    const origin = { purpose, network };
    if (outcome.kind === 'sent') await this.events.tell({ type: 'challenge_sent', ...about }, origin);
    if (outcome.kind === 'failed') await this.events.tell({ ...about, ...failedEvent(outcome.cause) }, origin);
    return outcome;
  }

  /** Reports a message that was refused. */
  async reportRefusal(
    { limit, retryAfterSeconds }: MessageRefusal,
    { country }: Pick<Message, 'country'>,
    { userId, challengeType, purpose, network, now }: MessageContext,
  ): Promise<void> {
    const reason = sharedReason(limit, purpose);
    if (reason) this.logger.warn(`No message is sent ${country ? `to ${country}` : `by ${challengeType}`}: ${reason}.`);
    else this.hints.tell(`No message was sent to this user: ${OWN_REASONS[limit] ?? limit}.`);
    const about = { userId, at: now, challengeType };
    await this.events.tell({ type: 'message_refused', ...about, limit, retryAfterSeconds }, { purpose, network });
  }

  private async carryOut(message: Message): Promise<DeliveryOutcome> {
    try {
      await withinSeconds(this.options.timeoutSeconds, (signal) => message.send(signal));
      return { kind: 'sent' };
    } catch (cause) {
      return { kind: 'failed', cause };
    }
  }
}

function failedEvent(cause: unknown): Pick<FailedEvent, 'type' | 'reason' | 'permanent' | 'gatewayCode'> {
  const [reason, gatewayCode] = [failureOf(cause), gatewayCodeOf(cause)];
  const known = { type: 'message_failed', reason, permanent: isPermanent(reason) } as const;
  return gatewayCode === undefined ? known : { ...known, gatewayCode };
}

/** Names the option for a limit that many users share. The other limits concern one user. */
function sharedReason(limit: MessageRefusal['limit'], purpose: Purpose): string | undefined {
  if (limit === 'network') {
    const option = purpose === 'enrolment' ? 'enrolmentsPerNetworkPerHour' : 'loginsPerNetworkPerHour';
    return `messages.${option} is used up`;
  }
  if (limit === 'gateway') return 'its gateway has failed ten times in a row';
  if (limit === 'total') return 'messages.totalPerDay is used up';
  if (limit === 'country') return 'messages.perCountryPerDay is used up';
  return limit === 'unverified' ? 'too few codes are entered (messages.minimumVerifiedShare)' : undefined;
}
