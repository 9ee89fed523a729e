import type { Provider } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { NestCore } from '../../core/nest-core.js';
import { Cipher } from '../../crypto/cipher.js';
import { MessageOptions } from '../../limits/message-options.js';
import { CodeOptions } from '../one-time-code.js';
import { PhoneNumbers } from './phone-numbers.js';
import { QueuedSmsSender } from './queued-sms-sender.js';
import { SmsDelivery } from './sms-delivery.js';
import { SmsOptions } from './sms-options.js';
import { SmsSender } from './sms-sender.js';
import { smsQueue, smsSender } from './sms-sender.factory.js';

/** Returns the providers that send text messages. @param needed true if the application has the SMS challenge */
export function smsProviders({ needed }: { needed: boolean }): Provider[] {
  return [PHONE_NUMBERS, smsDelivery(needed), SMS_SENDER];
}

const PHONE_NUMBERS: Provider = {
  provide: PhoneNumbers,
  inject: [SmsOptions],
  useFactory: async ({ allowedCountries }: SmsOptions) => {
    const numbers = new PhoneNumbers(allowedCountries);
    if (allowedCountries) await numbers.prepare();
    return numbers;
  },
};

function smsDelivery(needed: boolean): Provider {
  return {
    provide: SmsDelivery,
    inject: [SmsOptions, NestCore, MessageOptions, Cipher, Clock],
    useFactory: async (
      options: SmsOptions,
      { modules }: NestCore,
      { timeoutSeconds }: MessageOptions,
      ...parts: [Cipher, Clock]
    ) => new SmsDelivery(await smsSender(options, { modules, timeoutSeconds, needed }), ...parts, timeoutSeconds),
  };
}

const SMS_SENDER: Provider = {
  provide: SmsSender,
  inject: [SmsOptions, NestCore, SmsDelivery, Cipher, Clock, CodeOptions],
  useFactory: async (
    { queue }: SmsOptions,
    { modules }: NestCore,
    delivery: SmsDelivery,
    ...parts: [Cipher, Clock, CodeOptions]
  ) => (queue !== undefined ? new QueuedSmsSender(await smsQueue(queue, modules), ...parts) : delivery.sender),
};
