import type { Type } from '@nestjs/common';
import { Misconfiguration } from '../../core/misconfiguration.js';
import { refuseUnknownNames } from '../../core/options.js';
import type { SmsQueue } from './sms-queue.js';
import type { SendSms, SmsSender } from './sms-sender.js';
import type { TwilioOptions } from './twilio-sms-sender.js';

/** How messages are sent: by your own sender, or by Twilio. With neither, codes go to the log, and production refuses to start. */
export class SmsOptions {
  /** A class that extends `SmsSender`, made with the exports of `imports`, or a plain function. */
  sender?: Type<SmsSender> | SendSms;
  /** A class or function that sends if the first sender fails or takes more than half of the time. */
  fallback?: Type<SmsSender> | SendSms;
  /** Your queue: a class that extends `SmsQueue`, made with the exports of `imports`. It gets sealed messages. */
  queue?: Type<SmsQueue>;
  /** The countries whose numbers may become a factor, e.g. `['US', 'CA']` (ISO 3166-1 alpha-2). Default: every country. */
  allowedCountries?: readonly string[];
  /**
   * Your site, e.g. `example.com`. Messages then end with `@example.com #123456`, and browsers offer the code on that site alone.
   * See https://wicg.github.io/sms-one-time-codes/.
   */
  domain?: string;
  /** Credentials of Twilio. Once one of them is set, all required ones must be set. */
  twilio?: Partial<TwilioOptions>;
}

/** A host name in ASCII: no scheme, no port, no path. */
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const NAMES: readonly (keyof SmsOptions)[] = ['sender', 'fallback', 'queue', 'allowedCountries', 'domain', 'twilio'];

/** Returns the options, if it knows all of their names. @throws {Misconfiguration} */
export function checkSmsOptions(options: SmsOptions): SmsOptions {
  refuseUnknownNames('sms', options, NAMES);
  if (options.domain !== undefined && !DOMAIN.test(options.domain)) {
    throw new Misconfiguration("`sms.domain` must be the host name of your site, e.g. sms: { domain: 'example.com' }.");
  }
  return options;
}
