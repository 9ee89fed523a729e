import { Inject, Injectable } from '@nestjs/common';
import { type SmsMessage, SmsSender } from '../../src/index.js';
import { Pagers } from './pagers.js';

/** A sender that needs a service of the application. */
@Injectable()
export class PagingSender extends SmsSender {
  @Inject(Pagers) private readonly pagers!: Pagers;

  send({ phoneNumber, code }: SmsMessage): Promise<void> {
    return this.pagers.page(phoneNumber, code);
  }
}
