import { Injectable, Logger } from '@nestjs/common';
import { type SmsMessage, SmsSender } from './sms-sender.js';

/**
 * Writes messages to the log instead of sending them, if no sender is configured. Production refuses to start with it.
 */
@Injectable()
export class DevelopmentSmsSender extends SmsSender {
  private readonly logger = new Logger('MfaModule');

  send({ phoneNumber, text }: SmsMessage): Promise<void> {
    this.logger.warn(`No SMS sender is configured. To ${phoneNumber}: ${text}`);
    return Promise.resolve();
  }
}
