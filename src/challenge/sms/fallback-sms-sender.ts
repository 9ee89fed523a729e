import { Logger } from '@nestjs/common';
import { withinSeconds } from '../../core/within-seconds.js';
import { InvalidPhoneNumberError, type SmsMessage, SmsSender } from './sms-sender.js';

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
      if (error instanceof InvalidPhoneNumberError) throw error;
      this.logger.warn(`The first SMS sender failed (${error instanceof Error ? error.name : typeof error}).`);
      await this.second.send(message);
    }
  }
}
