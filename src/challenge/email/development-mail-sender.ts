import { Injectable, Logger } from '@nestjs/common';
import { type MailMessage, MailSender } from './mail-sender.js';

/** Writes mails to the log instead of sending them, if no sender is configured. Production refuses to start with it. */
@Injectable()
export class DevelopmentMailSender extends MailSender {
  private readonly logger = new Logger('MfaModule');

  send({ to, text }: MailMessage): Promise<void> {
    this.logger.warn(`No mail sender is configured. To ${to}: ${text}`);
    return Promise.resolve();
  }
}
