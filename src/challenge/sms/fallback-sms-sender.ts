import { Logger } from '@nestjs/common';
import { errorName } from '../../core/error-name.js';
import { withinSeconds } from '../../core/within-seconds.js';
import { failureOf, type MessageFailure } from '../../core/message-failure.js';
import { type SmsMessage, SmsSender } from './sms-sender.js';

/** Sends with a second sender if the first fails or takes more than half of the time. A phone may then get a code twice. */
export class FallbackSmsSender extends SmsSender {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly first: SmsSender,
    private readonly second: SmsSender,
    private readonly timeoutSeconds: number,
  ) {
    super();
  }

  async send(message: SmsMessage): Promise<void> {
    try {
      await withinSeconds(this.timeoutSeconds / 2, (half) =>
        this.first.send({ ...message, signal: AbortSignal.any([half, message.signal]) }),
      );
    } catch (error) {
      // The number is wrong: another gateway would say the same, and charge for it.
      if (failureOf(error) === 'number') throw error;
      this.logger.warn(`The first SMS sender failed (${errorName(error)}).`);
      await this.second.send(message).catch((later: unknown) => {
        throw [later, error].toSorted((one, other) => weightOf(one) - weightOf(other))[0];
      });
    }
  }
}

// If one of them may have sent it, it may have gone out; if one may recover, it is worth another try.
const WEIGHTS: readonly MessageFailure[] = ['number', 'unknown', 'gateway', 'sender'];

function weightOf(error: unknown): number {
  return WEIGHTS.indexOf(failureOf(error));
}
