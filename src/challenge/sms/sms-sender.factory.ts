import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { createRequire } from 'node:module';
import { Misconfiguration } from '../../core/misconfiguration.js';
import { refuseUnknownNames } from '../../core/options.js';
import { DevelopmentSmsSender } from './development-sms-sender.js';
import { type SendSms, SmsSender } from './sms-sender.js';
import { type TwilioOptions, TwilioSmsSender } from './twilio-sms-sender.js';

/** The application's choice of a sender. */
export interface SmsSenderChoice {
  sender?: Type<SmsSender> | SendSms;
  twilio?: Partial<TwilioOptions>;
}

interface Surroundings {
  modules: ModuleRef;
  timeoutSeconds: number;
  /** Whether the application has the SMS challenge at all. */
  needed: boolean;
}

const EXAMPLE = 'e.g. sms: { twilio: { accountSid, authToken, from } }, or sms: { sender: MySmsSender }';

/** The sender that the application has chosen. @throws {Misconfiguration} for half a choice, or none in production */
export async function smsSender(
  choice: SmsSenderChoice = {},
  { modules, timeoutSeconds, needed }: Surroundings,
): Promise<SmsSender> {
  refuseUnknownNames('sms', choice, ['sender', 'twilio']);
  const { sender, twilio } = choice;
  if (sender) return isSenderClass(sender) ? modules.create(sender) : new FunctionSmsSender(plainFunction(sender));
  if (twilio && Object.values(twilio).some(Boolean)) return new TwilioSmsSender(completed(twilio), timeoutSeconds);
  if (needed && process.env['NODE_ENV'] === 'production') {
    throw new Misconfiguration(`\`sms\` has no sender, and in production no code may go to the log, ${EXAMPLE}.`);
  }
  return new DevelopmentSmsSender();
}

/** Sends with a plain function. */
class FunctionSmsSender extends SmsSender {
  constructor(readonly send: SendSms) {
    super();
  }
}

function isSenderClass(sender: Type<SmsSender> | SendSms): sender is Type<SmsSender> {
  return sender.prototype instanceof SmsSender;
}

// A class of another kind, or an object, would be found out by the first user who waits for a code.
function plainFunction(sender: SendSms): SendSms {
  if (typeof sender === 'function' && !/^class\b/.test(Function.prototype.toString.call(sender))) return sender;
  throw new Misconfiguration(`\`sms.sender\` is no function and no class that extends SmsSender, ${EXAMPLE}.`);
}

function completed(twilio: Partial<TwilioOptions>): TwilioOptions {
  refuseUnknownNames('sms.twilio', twilio, ['accountSid', 'authToken', 'from', 'messagingServiceSid', 'httpClient']);
  const { accountSid, authToken, ...rest } = twilio;
  if (!accountSid) throw new Misconfiguration(`\`sms.twilio.accountSid\` is missing, ${EXAMPLE}.`);
  // Twilio finds it out with the first message, and its words are not in the log.
  if (!accountSid.startsWith('AC')) {
    throw new Misconfiguration(`\`sms.twilio.accountSid\` is not an account's: it begins with AC, ${EXAMPLE}.`);
  }
  if (!authToken) throw new Misconfiguration(`\`sms.twilio.authToken\` is missing, ${EXAMPLE}.`);
  if (!rest.from && !rest.messagingServiceSid) {
    throw new Misconfiguration(`\`sms.twilio.from\` or \`sms.twilio.messagingServiceSid\` is missing, ${EXAMPLE}.`);
  }
  refuseWithoutPackage();
  return { ...rest, accountSid, authToken };
}

// It is loaded with the first message; that it is missing must be known before.
function refuseWithoutPackage(): void {
  try {
    createRequire(import.meta.url).resolve('twilio');
  } catch {
    throw new Misconfiguration('`sms.twilio` needs a package that is not installed: npm install twilio.');
  }
}
