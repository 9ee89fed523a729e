import { Logger, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { inProduction } from '../../core/development.js';
import { isInstalled } from '../../core/is-installed.js';
import { Misconfiguration } from '../../core/misconfiguration.js';
import { checkKind, isPlainFunction } from '../../core/option-kinds.js';
import { definedOnly, refuseUnknownNames } from '../../core/options.js';
import { createShared } from '../../core/scopes.js';
import { DevelopmentSmsSender } from './development-sms-sender.js';
import { FallbackSmsSender } from './fallback-sms-sender.js';
import type { SmsOptions } from './sms-options.js';
import { SmsQueue } from './sms-queue.js';
import { type SendSms, SmsSender } from './sms-sender.js';
import { type TwilioOptions, TwilioSmsSender } from './twilio-sms-sender.js';

interface Surroundings {
  modules: ModuleRef;
  timeoutSeconds: number;
  /** True if the application has the SMS challenge. */
  needed: boolean;
}

const TWILIO_OPTIONS: readonly (keyof TwilioOptions)[] = [
  'accountSid',
  'authToken',
  'apiKeySid',
  'apiKeySecret',
  'from',
  'messagingServiceSid',
  'httpClient',
];

const KEY_EXAMPLE = 'e.g. sms: { twilio: { accountSid, apiKeySid, apiKeySecret, from } }';

const EXAMPLE = 'e.g. sms: { twilio: { accountSid, authToken, from } }, or sms: { sender: MySmsSender }';

/** Returns the application's sender. @throws {Misconfiguration} for an incomplete one, or for none in production */
export async function smsSender(choice: SmsOptions, surroundings: Surroundings): Promise<SmsSender> {
  const { modules, timeoutSeconds, needed } = surroundings;
  const { fallback } = choice;
  const first = await firstSender(choice, surroundings);
  if (needed && inProduction() && !choice.allowedCountries) warnOfCountries();
  return fallback !== undefined
    ? new FallbackSmsSender(first, await made('fallback', fallback, modules), timeoutSeconds)
    : first;
}

/** Returns the application's queue. @throws {Misconfiguration} for another kind of class */
export async function smsQueue(queue: Type<SmsQueue>, modules: ModuleRef): Promise<SmsQueue> {
  if (typeof queue === 'function' && queue.prototype instanceof SmsQueue)
    return createShared(modules, 'sms.queue', queue);
  throw new Misconfiguration('`sms.queue` must be a class that extends SmsQueue, e.g. sms: { queue: MySmsQueue }.');
}

async function firstSender({ sender, twilio }: SmsOptions, surroundings: Surroundings): Promise<SmsSender> {
  if (sender !== undefined) return made('sender', sender, surroundings.modules);
  if (twilio !== undefined) refuseUnknownNames('sms.twilio', twilio, TWILIO_OPTIONS);
  if (twilio && Object.values(twilio).some(Boolean)) {
    return new TwilioSmsSender(completed(twilio), surroundings.timeoutSeconds);
  }
  if (surroundings.needed && inProduction()) {
    throw new Misconfiguration(`\`sms\` has no sender, and in production codes must not go to the log, ${EXAMPLE}.`);
  }
  return new DevelopmentSmsSender();
}

function warnOfCountries(): void {
  new Logger('MfaModule').warn(
    'Messages may go to phones in every country. Attackers can earn money with them, and you pay. Name your countries, ' +
      "e.g. sms: { allowedCountries: ['US', 'CA'] }.",
  );
}

async function made(option: string, sender: Type<SmsSender> | SendSms, modules: ModuleRef): Promise<SmsSender> {
  if (isSenderClass(sender)) return createShared(modules, `sms.${option}`, sender);
  return new FunctionSmsSender(plainFunction(option, sender));
}

/** Sends with a plain function. */
class FunctionSmsSender extends SmsSender {
  constructor(readonly send: SendSms) {
    super();
  }
}

function isSenderClass(sender: Type<SmsSender> | SendSms): sender is Type<SmsSender> {
  return sender?.prototype instanceof SmsSender;
}

// Otherwise the first user who waits for a code would find out that this is another class, or an object.
function plainFunction(option: string, sender: SendSms): SendSms {
  if (isPlainFunction(sender)) return sender;
  throw new Misconfiguration(
    `\`sms.${option}\` must be a function or a class that extends SmsSender, e.g. sms: { ${option}: MySmsSender }.`,
  );
}

function completed(twilio: Partial<TwilioOptions>): TwilioOptions {
  checkTexts(twilio);
  const { accountSid, ...rest } = twilio;
  if (!accountSid) throw new Misconfiguration(`\`sms.twilio.accountSid\` is missing, ${EXAMPLE}.`);
  // Twilio would refuse it only with the first message, and its words are not in the log.
  if (!accountSid.startsWith('AC')) {
    throw new Misconfiguration(
      `\`sms.twilio.accountSid\` must begin with AC; an API key is \`apiKeySid\`, ${EXAMPLE}.`,
    );
  }
  checkCredentials(rest);
  if (!rest.from && !rest.messagingServiceSid) {
    throw new Misconfiguration(`\`sms.twilio.from\` or \`sms.twilio.messagingServiceSid\` is missing, ${EXAMPLE}.`);
  }
  refuseWithoutPackage();
  return { ...rest, accountSid };
}

// A variable that is not set is no text, and one that is empty is not set.
function checkTexts(twilio: Partial<TwilioOptions>): void {
  for (const [name, text] of Object.entries(definedOnly(twilio))) {
    if (text !== '' && name !== 'httpClient') checkKind(`sms.twilio.${name}`, text, 'a text', 'process.env.TWILIO_…');
  }
}

function checkCredentials({ authToken, apiKeySid, apiKeySecret }: Partial<TwilioOptions>): void {
  if (!authToken && !apiKeySid && !apiKeySecret) {
    throw new Misconfiguration(`\`sms.twilio.authToken\` is missing, ${EXAMPLE}.`);
  }
  if ((apiKeySid || apiKeySecret) && !(apiKeySid?.startsWith('SK') && apiKeySecret)) {
    throw new Misconfiguration(
      `\`sms.twilio.apiKeySid\` must begin with SK and have its \`apiKeySecret\`, ${KEY_EXAMPLE}.`,
    );
  }
}

// The package is loaded with the first message. The start must refuse if it is missing.
function refuseWithoutPackage(): void {
  if (isInstalled('twilio')) return;
  throw new Misconfiguration('`sms.twilio` needs a package that is not installed: npm install twilio.');
}
