import type { Cipher } from '../../crypto/cipher.js';
import type { Clock } from '../../core/clock.js';
import type { CodeOptions } from '../one-time-code.js';
import { codeExpiry } from '../sent-code.js';
import { QUEUED_SMS, type QueuedSms } from './sms-delivery.js';
import type { SmsQueue } from './sms-queue.js';
import { type SmsMessage, SmsSender } from './sms-sender.js';

/** Puts messages into the application's queue. */
export class QueuedSmsSender extends SmsSender {
  constructor(
    private readonly queue: SmsQueue,
    private readonly cipher: Cipher,
    private readonly clock: Clock,
    private readonly codes: CodeOptions,
  ) {
    super();
  }

  async send({ signal, ...message }: SmsMessage): Promise<void> {
    const expiresAt = codeExpiry({ now: this.clock.now(), stepSeconds: this.codes.stepSeconds }).getTime();
    await this.queue.add(await this.cipher.seal({ ...message, expiresAt } satisfies QueuedSms, QUEUED_SMS), signal);
  }
}
