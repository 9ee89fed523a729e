import { Injectable, Logger } from '@nestjs/common';
import { EventTeller } from '../core/events.js';
import type { Purpose } from '../core/purpose.js';
import { withinSeconds } from '../core/within-seconds.js';
import type { SentMessage } from '../store/factor.js';
import type { Delivery } from './message.js';
import type { MessageDecision } from '../limits/message-budget.js';
import { MessageOptions } from '../limits/message-options.js';
import { MessageQuotas } from '../limits/message-quotas.js';
import type { MessageContext, MessageRefusal, OutgoingMessage } from '../limits/outgoing-message.js';

/** A message that a user's row may have room for, and the row's messages: with it as the last one, if there is room. */
export interface PlannedMessage {
  decision: MessageDecision;
  delivery: Delivery;
  challengeType: string;
  sentMessages: SentMessage[];
}

/** How sending ended. A message that failed may have gone out all the same; one that was refused has not. */
export type DeliveryOutcome =
  { kind: 'sent' } | { kind: 'refused'; refusal: MessageRefusal } | { kind: 'failed'; cause: unknown };

/** Sends a message, if the limits that its user shares with others have room for it, and tells how that ended. */
@Injectable()
export class MessageDelivery {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly quotas: MessageQuotas,
    private readonly events: EventTeller,
    private readonly options: MessageOptions,
  ) {}

  /** Says how it ended. @throws what the database says where a limit cannot be asked for: nothing has gone out then */
  async send(message: PlannedMessage, context: MessageContext): Promise<DeliveryOutcome> {
    const outgoing = outgoingOf(message, context);
    const refusal = await this.quotas.take(outgoing);
    const outcome: DeliveryOutcome = refusal ? { kind: 'refused', refusal } : await this.carryOut(message);
    if (outcome.kind === 'failed') await this.quotas.recordFailure(outgoing);
    const { challengeType } = message;
    const about = { userId: context.userId, at: context.now, challengeType };
    if (outcome.kind === 'sent') await this.events.tell({ type: 'challenge_sent', ...about });
    if (outcome.kind === 'failed') await this.events.tell({ type: 'message_failed', ...about });
    if (outcome.kind === 'refused') await this.reportRefusal(outcome.refusal, message, context);
    return outcome;
  }

  /** Says that a message which was asked for does not go out. */
  async reportRefusal(
    { limit, retryAfterSeconds }: MessageRefusal,
    { challengeType, delivery: { country } }: PlannedMessage,
    { userId, purpose, now }: Omit<MessageContext, 'network'>,
  ): Promise<void> {
    const reason = sharedReason(limit, purpose);
    if (reason) this.logger.warn(`No message is sent${country ? ` to ${country}` : ''}: ${reason}.`);
    await this.events.tell({ type: 'message_refused', userId, at: now, challengeType, limit, retryAfterSeconds });
  }

  private async carryOut({ delivery }: PlannedMessage): Promise<DeliveryOutcome> {
    try {
      await withinSeconds(this.options.timeoutSeconds, (signal) => delivery.send(signal));
      return { kind: 'sent' };
    } catch (cause) {
      return { kind: 'failed', cause };
    }
  }
}

function outgoingOf({ sentMessages }: PlannedMessage, { purpose, ...context }: MessageContext): OutgoingMessage {
  const { destination, country } = sentMessages.at(-1)!;
  return { ...context, destination, country, isEnrolment: purpose === 'enrolment' };
}

/** What an operator can do about a limit that many share: others are their users' own matter. */
function sharedReason(limit: MessageRefusal['limit'], purpose: Purpose): string | undefined {
  if (limit === 'network') {
    const option = purpose === 'enrolment' ? 'enrolmentsPerNetworkPerHour' : 'loginsPerNetworkPerHour';
    return `messages.${option} is the limit`;
  }
  if (limit === 'country') return 'messages.perCountryPerDay is the limit';
  return limit === 'unverified' ? 'too few codes are entered (messages.minimumVerifiedShare)' : undefined;
}
