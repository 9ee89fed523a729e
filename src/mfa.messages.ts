import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { MessageDelivery } from './messages/message-delivery.js';
import { MessageOptions } from './limits/message-options.js';
import { MessageQuotas } from './limits/message-quotas.js';
import { Prompter } from './verification/prompter.js';
import { QueuedSmsSender } from './challenge/sms/queued-sms-sender.js';
import { SmsDelivery } from './challenge/sms/sms-delivery.js';
import { SmsSender } from './challenge/sms/sms-sender.js';
import { smsQueue, smsSender } from './challenge/sms/sms-sender.factory.js';
import { VerifiedShare } from './limits/verified-share.js';
import { Cipher } from './crypto/cipher.js';
import { Clock } from './core/clock.js';
import { CodeOptions } from './challenge/one-time-code.js';
import type { MfaValues } from './mfa.options.js';
import { VALUES } from './mfa.values.js';

/** What decides over messages and sends them. */
export function messages({ needsSms }: { needsSms: boolean }): Provider[] {
  return [
    {
      provide: SmsDelivery,
      inject: [VALUES, ModuleRef, MessageOptions, Cipher, Clock],
      useFactory: async (
        values: MfaValues,
        modules: ModuleRef,
        options: MessageOptions,
        cipher: Cipher,
        clock: Clock,
      ) => {
        const { timeoutSeconds } = options;
        const surroundings = { modules, timeoutSeconds, needed: needsSms };
        return new SmsDelivery(await smsSender(values.sms, surroundings), cipher, clock, timeoutSeconds);
      },
    },
    {
      provide: SmsSender,
      inject: [VALUES, ModuleRef, SmsDelivery, Cipher, Clock, CodeOptions],
      useFactory: async (
        { sms }: MfaValues,
        modules: ModuleRef,
        delivery: SmsDelivery,
        ...parts: [Cipher, Clock, CodeOptions]
      ) => (sms?.queue ? new QueuedSmsSender(await smsQueue(sms.queue, modules), ...parts) : delivery.sender),
    },
    VerifiedShare,
    MessageQuotas,
    MessageDelivery,
    Prompter,
  ];
}
