import { Injectable } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import type { MessageFailure } from '../../core/message-failure.js';
import { FailedChallengeError } from '../failed-challenge-error.js';
import { BlockedEmailAddressError, InvalidEmailAddressError, type MailMessage, MailSender } from './mail-sender.js';
import type { SmtpOptions } from './smtp-options.js';

/** The codes of nodemailer for failures before it has started to send a message. */
const NOT_SENT: readonly unknown[] = ['EDNS', 'EAUTH', 'ETLS', 'EENVELOPE'];

/** Sends mails over SMTP with nodemailer. The package is loaded with the first mail. */
@Injectable()
export class SmtpMailSender extends MailSender {
  private transport?: Promise<Transporter>;

  constructor(
    private readonly smtp: SmtpOptions,
    private readonly from: string,
    private readonly timeoutSeconds: number,
  ) {
    super();
  }

  async send({ to, subject, text, html, signal }: MailMessage): Promise<void> {
    const transport = await (this.transport ??= this.connect());
    const mail = { from: this.from, to: { name: '', address: to }, subject, text, html };
    // Asks for no automatic reply, e.g. an out-of-office message (RFC 3834).
    const headers = { 'Auto-Submitted': 'auto-generated' };
    try {
      await transport.sendMail({ ...mail, headers, signal, disableFileAccess: true, disableUrlAccess: true });
    } catch (error) {
      throw translate(error);
    }
  }

  private async connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { host, port, secure, user, password: pass, requireTls: requireTLS } = this.smtp;
    // A second later than the module itself stops waiting: it is the one that tells how long it waited.
    const timeout = (this.timeoutSeconds + 1) * 1000;
    const auth = user === undefined ? undefined : { user, pass };
    const timeouts = {
      dnsTimeout: timeout,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
    };
    return createTransport({ host, port, secure, requireTLS, auth, ...timeouts });
  }
}

/** The parts of nodemailer's errors. */
interface SmtpFailure {
  code?: unknown;
  command?: unknown;
  syscall?: unknown;
  response?: unknown;
  responseCode?: unknown;
}

// Keeps only the code: the server's answer often quotes the address.
function translate(error: unknown): FailedChallengeError {
  const failure = (error ?? {}) as SmtpFailure;
  const { code: name, responseCode } = failure;
  const code = typeof responseCode === 'number' ? responseCode : typeof name === 'string' ? name : undefined;
  const text = `The SMTP server did not take the message (${code ?? 'no code'}).`;
  const reason = reasonOf(failure);
  if (reason === 'address') return new InvalidEmailAddressError(text, { code });
  if (reason === 'sender') return new BlockedEmailAddressError(text, { code });
  return new FailedChallengeError(text, { code, reason });
}

function reasonOf({ code, command, syscall, response, responseCode }: SmtpFailure): MessageFailure {
  if (typeof responseCode === 'number') {
    const isRefused = command === 'RCPT TO' && responseCode >= 500;
    return isRefused ? refusalOf(responseCode, String(response)) : 'gateway';
  }
  // Without an answer, the server may have accepted the message, unless there was no connection.
  return NOT_SENT.includes(code) || syscall === 'connect' ? 'gateway' : 'unknown';
}

// RFC 5321 §4.2.3, and the enhanced codes of RFC 3463: x.2.2 is a full mailbox, x.7.x the policy of a server.
function refusalOf(code: number, response: string): MessageFailure {
  const enhanced = /^5\d\d[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';
  if (code === 552 || enhanced === '5.2.2' || (code >= 530 && code < 540)) return 'gateway';
  return code === 554 || enhanced.startsWith('5.7.') ? 'sender' : 'address';
}
