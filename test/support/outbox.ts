import { FailedChallengeError, InvalidPhoneNumberError, TwilioMessageError, type SmsMessage } from '../../src/index.js';

/** A gateway that keeps messages instead of sending them; a few numbers fail as real ones do. */
export class Outbox {
  readonly messages: SmsMessage[] = [];
  /** What the gateway does before it takes a message. */
  before: (message: SmsMessage) => Promise<void> = () => Promise.resolve();

  readonly send = async (message: SmsMessage): Promise<void> => {
    await this.before(message);
    if (message.phoneNumber === '14085550001') throw new InvalidPhoneNumberError();
    if (message.phoneNumber === '14085550002') throw new TwilioMessageError();
    if (message.phoneNumber === '14085550003') throw new TypeError(`the gateway broke over ${message.text}`);
    if (message.phoneNumber === '14085550005') throw new FailedChallengeError('Carrier rejected the message.');
    this.messages.push(message);
  };

  get count(): number {
    return this.messages.length;
  }

  /** The code of the last message. */
  lastCode(): string {
    const last = this.messages.at(-1);
    if (!last) throw new Error('no message was sent');
    return last.code;
  }
}
