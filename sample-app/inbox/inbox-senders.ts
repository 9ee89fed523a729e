import { Injectable } from '@nestjs/common';
import { MailSender, type MailMessage, SmsSender, type SmsMessage } from 'nestjs-mfa';
import { Inbox } from './inbox.js';

/** Puts text messages into the inbox. */
@Injectable()
export class InboxSmsSender extends SmsSender {
  constructor(private readonly inbox: Inbox) {
    super();
  }

  send({ phoneNumber, text }: SmsMessage): Promise<void> {
    this.inbox.keep(`+${phoneNumber}`, text);
    return Promise.resolve();
  }
}

/** Puts mails into the inbox. */
@Injectable()
export class InboxMailSender extends MailSender {
  constructor(private readonly inbox: Inbox) {
    super();
  }

  send({ to, text }: MailMessage): Promise<void> {
    this.inbox.keep(to, text);
    return Promise.resolve();
  }
}
