import type { Type } from '@nestjs/common';
import type { SmsQueue } from './sms-queue.js';
import type { SendSms, SmsSender } from './sms-sender.js';
import type { TwilioOptions } from './twilio-sms-sender.js';

/** How messages leave: your own sender, or Twilio. With neither, the code goes to the log, and production refuses to start. */
export class SmsOptions {
  /** A class that extends `SmsSender`, made with what `imports` offers, or a plain function. */
  sender?: Type<SmsSender> | SendSms;
  /** What sends when the first one fails or takes more than half of the time: of the same two kinds. */
  fallback?: Type<SmsSender> | SendSms;
  /** Your queue: a class that extends `SmsQueue`, made with what `imports` offers. Messages are handed to it, sealed. */
  queue?: Type<SmsQueue>;
  /** The countries whose numbers may become a factor, e.g. `['US', 'CA']` (ISO 3166-1 alpha-2). Default: every country. */
  allowedCountries?: readonly string[];
  /** Credentials of Twilio. They count as given once one of them is; then none of the needed ones may be missing. */
  twilio?: Partial<TwilioOptions>;
}

/** The names of the options, for the refusal of others. */
export const SMS_OPTIONS: readonly (keyof SmsOptions)[] = ['sender', 'fallback', 'queue', 'allowedCountries', 'twilio'];
