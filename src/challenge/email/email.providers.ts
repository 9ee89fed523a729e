import type { Provider } from '@nestjs/common';
import { NestCore } from '../../core/nest-core.js';
import { MessageOptions } from '../../limits/message-options.js';
import { EmailOptions } from './email-options.js';
import { MailSender } from './mail-sender.js';
import { mailSender } from './mail-sender.factory.js';

/** Returns the provider of the `MailSender`. @param needed true if the application has the e-mail challenge */
export function emailProviders({ needed }: { needed: boolean }): Provider[] {
  return [
    {
      provide: MailSender,
      inject: [EmailOptions, NestCore, MessageOptions],
      useFactory: (options: EmailOptions, { modules }: NestCore, { timeoutSeconds }: MessageOptions) =>
        mailSender(options, { modules, timeoutSeconds, needed }),
    },
  ];
}
