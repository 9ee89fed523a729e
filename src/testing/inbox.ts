import type { MailMessage, SendMail } from '../challenge/email/mail-sender.js';
import type { SendSms, SmsMessage } from '../challenge/sms/sms-sender.js';
import type { ShownChallenge } from '../verification/shown-methods.js';
import type { TestDevice, TestProof } from './test-device.js';

/** A message that a test can read. */
export interface InboxMessage {
  /** The phone number, in digits, or the address. */
  to: string;
  text: string;
  /** Default: the first run of 4 to 10 digits in the text. */
  code?: string;
}

/**
 * Keeps messages instead of sending them. Put it in place of your senders.
 * @example
 * ```ts
 * const inbox = new Inbox();
 * const testing = Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(SmsSender)
 *   .useValue(inbox.sms);
 * const code = inbox.code('14085862744');
 * ```
 */
export class Inbox implements TestDevice {
  /** The messages, oldest first. */
  readonly messages: InboxMessage[] = [];

  /** While this is set, every message fails with it, e.g. an `InvalidPhoneNumberError`. */
  failure?: Error;

  /** Takes the place of an `SmsSender`. Its `send` is a function for `sms.sender`. */
  readonly sms: { send: SendSms } = {
    send: this.capture(({ phoneNumber: to, text, code }: SmsMessage): InboxMessage => ({ to, text, code })),
  };

  /** Takes the place of a `MailSender`. Its `send` is a function for `email.sender`. */
  readonly mail: { send: SendMail } = {
    send: this.capture(({ to, text, code }: MailMessage): InboxMessage => ({ to, text, code })),
  };

  /**
   * Makes a method that takes the place of your own sender's.
   * @example
   * ```ts
   * const inbox = new Inbox();
   * const mail = { send: inbox.capture((to: string, text: string) => ({ to, text })) };
   * ```
   */
  capture<Given extends unknown[]>(read: (...given: Given) => InboxMessage): (...given: Given) => Promise<void> {
    // Async, so that a failure is a rejection for each sender.
    return async (...given) => {
      if (this.failure) throw this.failure;
      this.messages.push(read(...given));
    };
  }

  /** Returns the last message, or the last one to a phone or an address. */
  last(to?: string): InboxMessage {
    const found = this.messages.findLast((message) => to === undefined || message.to === to);
    if (!found) throw new Error(`Inbox: no message${to === undefined ? '' : ` to ${to}`} was sent.`);
    return found;
  }

  /** Returns the code of the last message, or of the last one to a phone or an address. */
  code(to?: string): string {
    const { code, text } = this.last(to);
    const found = code ?? /(?<!\d)\d{4,10}(?!\d)/.exec(text)?.[0];
    if (found === undefined) throw new Error(`Inbox: there is no code in the text: ${text}`);
    return found;
  }

  /** Answers a challenge that sends messages, with the last code. */
  answer({ sent }: ShownChallenge): TestProof | undefined {
    return sent === undefined || this.messages.length === 0 ? undefined : { code: this.code() };
  }
}
