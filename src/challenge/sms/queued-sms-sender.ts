import type { Cipher } from '../../crypto/cipher.js';
import type { Clock } from '../../core/clock.js';
import type { CodeOptions } from '../one-time-code.js';
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
    // The code is valid in its own window and in the next one.
    const step = this.codes.stepSeconds * 1000;
    const expiresAt = (Math.floor(this.clock.now().getTime() / step) + 2) * step;
    await this.queue.add(await this.cipher.seal({ ...message, expiresAt } satisfies QueuedSms, QUEUED_SMS), signal);
  }
}
