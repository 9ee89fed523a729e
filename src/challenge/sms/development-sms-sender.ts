import { Injectable, Logger } from '@nestjs/common';
import { type SmsMessage, SmsSender } from './sms-sender.js';

/**
 * Writes messages to the log instead of sending them, so that a new application runs at once. It is used when no sender
 * is configured, and never in production: there the application does not start.
 */
@Injectable()
export class DevelopmentSmsSender extends SmsSender {
  private readonly logger = new Logger('MfaModule');

  send({ phoneNumber, text }: SmsMessage): Promise<void> {
    this.logger.warn(`No SMS sender is configured. To ${phoneNumber}: ${text}`);
    return Promise.resolve();
  }
}
