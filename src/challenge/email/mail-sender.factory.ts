import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { inProduction } from '../../core/development.js';
import { isInstalled } from '../../core/is-installed.js';
import { Misconfiguration } from '../../core/misconfiguration.js';
import { isPlainFunction } from '../../core/option-kinds.js';
import { createShared } from '../../core/scopes.js';
import { DevelopmentMailSender } from './development-mail-sender.js';
import type { EmailOptions } from './email-options.js';
import { MailSender, type SendMail } from './mail-sender.js';
import { SmtpMailSender } from './smtp-mail-sender.js';
import { smtpOptionsOf } from './smtp-options.js';

interface Surroundings {
  modules: ModuleRef;
  timeoutSeconds: number;
  /** True if the application has the e-mail challenge. */
  needed: boolean;
}

const EXAMPLE =
  "e.g. email: { smtp: 'smtps://user:password@smtp.example.com', from: 'no-reply@example.com' }, or email: { sender: MyMailSender }";

/** Returns the application's sender. @throws {Misconfiguration} if it is incomplete, or missing in production */
export async function mailSender(
  { sender, smtp, from }: EmailOptions,
  { modules, timeoutSeconds, needed }: Surroundings,
): Promise<MailSender> {
  if (sender !== undefined) return made(sender, modules);
  // An empty environment variable counts as not set.
  if (smtp !== undefined && smtp !== '') {
    const options = smtpOptionsOf(smtp);
    if (from === undefined) throw new Misconfiguration(`\`email.from\` is missing, ${EXAMPLE}.`);
    refuseWithoutPackage();
    return new SmtpMailSender(options, from, timeoutSeconds);
  }
  if (needed && inProduction()) {
    throw new Misconfiguration(`\`email\` has no sender, and in production codes must not go to the log, ${EXAMPLE}.`);
  }
  return new DevelopmentMailSender();
}

async function made(sender: Type<MailSender> | SendMail, modules: ModuleRef): Promise<MailSender> {
  if (isSenderClass(sender)) return createShared(modules, 'email.sender', sender);
  return new FunctionMailSender(plainFunction(sender));
}

/** Sends with a plain function. */
class FunctionMailSender extends MailSender {
  constructor(readonly send: SendMail) {
    super();
  }
}

function isSenderClass(sender: Type<MailSender> | SendMail): sender is Type<MailSender> {
  return sender?.prototype instanceof MailSender;
}

// Checked at the start. Otherwise a wrong class, or an object, would fail only at the first mail.
function plainFunction(sender: SendMail): SendMail {
  if (isPlainFunction(sender)) return sender;
  throw new Misconfiguration(
    '`email.sender` must be a function or a class that extends MailSender, e.g. email: { sender: MyMailSender }.',
  );
}

// The package is loaded with the first message, but the application must not start without it.
function refuseWithoutPackage(): void {
  if (isInstalled('nodemailer')) return;
  throw new Misconfiguration('`email.smtp` needs a package that is not installed: npm install nodemailer.');
}
