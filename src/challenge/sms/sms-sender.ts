import { FailedChallengeError, type FailedChallengeDetails } from '../failed-challenge-error.js';

/** A message to one phone. */
export interface SmsMessage {
  /** Digits with the country code and without `+`, as the user gave them: `14085862744`. */
  phoneNumber: string;
  /** The text, in the application's words. */
  text: string;
  /** Only the code, for gateways with templates. */
  code: string;
  userId: string;
  /** Aborts when the time for sending is over. */
  signal: AbortSignal;
}

/** A plain function in place of a sender class. Deux: `SEND_MFA_TEXT_FUNC`. */
export type SendSms = (message: SmsMessage) => Promise<void>;

/**
 * The port to your SMS gateway. Extend it in a provider and name the class as `sms.sender`. Throw an `InvalidPhoneNumberError`
 * if the number cannot take SMS, a `BlockedPhoneNumberError` if only this sender cannot reach it, a `FailedChallengeError` if the gateway
 * said no, and any other error if no answer came.
 * @example
 * ```ts
 * export class AcmeSmsSender extends SmsSender {
 *   async send({ phoneNumber, text, signal }: SmsMessage): Promise<void> {
 *     const body = JSON.stringify({ to: `+${phoneNumber}`, text });
 *     const { ok, status } = await fetch('https://sms.example.com/messages', { method: 'POST', body, signal });
 *     if (!ok) throw new FailedChallengeError(`The gateway answered ${status}.`);
 *   }
 * }
 * ```
 */
export abstract class SmsSender {
  /** Sends a message. Resolves when the gateway has accepted it. */
  abstract send(message: SmsMessage): Promise<void>;
}

/** The number cannot receive SMS from any sender. Deux: `InvalidPhoneNumberError`. */
export class InvalidPhoneNumberError extends FailedChallengeError {
  constructor(message?: string, details?: FailedChallengeDetails) {
    super(message, { reason: 'number', ...details });
  }
}

/** This sender cannot reach the number, e.g. because its owner answered STOP. Another sender may. */
export class BlockedPhoneNumberError extends FailedChallengeError {
  constructor(message?: string, details?: FailedChallengeDetails) {
    super(message, { reason: 'sender', ...details });
  }
}
