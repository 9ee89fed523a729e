import { FailedChallengeError } from '../failed-challenge-error.js';

/** A message to one phone. */
export interface SmsMessage {
  /** Digits with the country code and without `+`, as the user gave them: `14085862744`. */
  phoneNumber: string;
  /** The whole text, in the application's words. */
  text: string;
  /** The code alone, for gateways that have templates. */
  code: string;
  userId: string;
  /** Aborts when the time for sending is over. */
  signal: AbortSignal;
}

/** A plain function in place of a sender class. Deux: `SEND_MFA_TEXT_FUNC`. */
export type SendSms = (message: SmsMessage) => Promise<void>;

/**
 * Delivers messages. Extend it in a provider and name the class as `sms.sender`. Throw an `InvalidPhoneNumberError` when
 * the number cannot take SMS, and any other error when the message was not sent.
 */
export abstract class SmsSender {
  /** Resolves when the gateway has taken the message. */
  abstract send(message: SmsMessage): Promise<void>;
}

/** The number cannot receive SMS. Deux: `InvalidPhoneNumberError`. */
export class InvalidPhoneNumberError extends FailedChallengeError {}
