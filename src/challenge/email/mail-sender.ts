import { FailedChallengeError, type FailedChallengeDetails } from '../failed-challenge-error.js';

/** A mail to one address. */
export interface MailMessage {
  /** One address: `ada@example.com`. */
  to: string;
  /** One line, in the application's words. */
  subject: string;
  /** The text, in the application's words. */
  text: string;
  /** The same text as HTML, escaped. */
  html: string;
  /** Only the code, for services with templates. */
  code: string;
  userId: string;
  /** Aborts when the time for sending is over. */
  signal: AbortSignal;
}

/** A plain function in place of a sender class. */
export type SendMail = (message: MailMessage) => Promise<void>;

/**
 * The port to your mail service. Extend it in a provider and name the class as `email.sender`. Throw an
 * `InvalidEmailAddressError` if nobody can write to the address, and a `BlockedEmailAddressError` if only this sender
 * cannot. Throw a `FailedChallengeError` if the service refused, and any other error if no answer came.
 * @example
 * ```ts
 * export class AcmeMailSender extends MailSender {
 *   async send({ to, subject, text, html, signal }: MailMessage): Promise<void> {
 *     const body = JSON.stringify({ to, subject, text, html });
 *     const { ok, status } = await fetch('https://mail.example.com/messages', { method: 'POST', body, signal });
 *     if (!ok) throw new FailedChallengeError(`The service answered ${status}.`);
 *   }
 * }
 * ```
 */
export abstract class MailSender {
  /** Sends a mail. Resolves when the service has accepted it. */
  abstract send(message: MailMessage): Promise<void>;
}

/** The address receives no mail from any sender. */
export class InvalidEmailAddressError extends FailedChallengeError {
  constructor(message?: string, details?: FailedChallengeDetails) {
    super(message, { reason: 'address', ...details });
  }
}

/** This sender may not write to the address, e.g. because the recipient's server refuses it. Another sender may. */
export class BlockedEmailAddressError extends FailedChallengeError {
  constructor(message?: string, details?: FailedChallengeDetails) {
    super(message, { reason: 'sender', ...details });
  }
}
