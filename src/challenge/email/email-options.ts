import type { Type } from '@nestjs/common';
import { isEmail } from 'class-validator';
import { Misconfiguration } from '../../core/misconfiguration.js';
import { checkKind } from '../../core/option-kinds.js';
import { refuseUnknownNames } from '../../core/options.js';
import type { MailSender, SendMail } from './mail-sender.js';
import type { SmtpOptions } from './smtp-options.js';

/**
 * How codes are mailed: by your own sender or over SMTP. With neither, they go to the log; production does not start.
 */
export class EmailOptions {
  /** A class that extends `MailSender`, made with the exports of `imports`, or a plain function. */
  sender?: Type<MailSender> | SendMail;
  /** Your SMTP server, as a URL or as its parts. It needs the package `nodemailer`. */
  smtp?: string | SmtpOptions;
  /** The sender's address: `no-reply@example.com`, or `Example <no-reply@example.com>`. `smtp` needs it. */
  from?: string;
  /**
   * True makes a code by mail a second factor: the session has `mfa`, and `@RequireMfa()` lets it through. Set it only
   * if nobody can reset a password by mail. Otherwise, an attacker who reads the mail has both factors. Default: false.
   */
  cannotResetPassword?: boolean;
}

const NAMES: readonly (keyof EmailOptions)[] = ['sender', 'smtp', 'from', 'cannotResetPassword'];

const FROM = "'no-reply@example.com'";

/** Returns the options. @throws {Misconfiguration} for an unknown name */
export function checkEmailOptions(options: EmailOptions): EmailOptions {
  refuseUnknownNames('email', options, NAMES);
  const { from, cannotResetPassword } = options;
  if (cannotResetPassword !== undefined)
    checkKind('email.cannotResetPassword', cannotResetPassword, 'true or false', 'true');
  if (from !== undefined && !isEmail(from, { allow_display_name: true })) {
    throw new Misconfiguration(`\`email.from\` must be one address, e.g. email: { from: ${FROM} }.`);
  }
  return options;
}
