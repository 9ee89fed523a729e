import { BrokenSeal, Cipher } from '../../crypto/cipher.js';
import { Clock } from '../../core/clock.js';
import { withinSeconds } from '../../core/within-seconds.js';
import { InvalidPhoneNumberError, type SmsMessage, SmsSender } from './sms-sender.js';

/**
 * How a queued message ended: `expired` once its code is worth nothing, `invalid` if its number takes no SMS, `unreadable` if
 * this module has not sealed it or its key is gone.
 */
export type QueuedSmsOutcome = 'sent' | 'expired' | 'invalid' | 'unreadable';

/** What a queue keeps, sealed. */
export type QueuedSms = Omit<SmsMessage, 'signal'> & { expiresAt: number };

/** What queued messages are sealed for. It is no factor of a user: a row's seal does not open here, nor this one in a row. */
export const QUEUED_SMS = { userId: '', factorId: 'queued sms' };

/** Sends messages that a queue has kept: what a worker calls. */
export class SmsDelivery {
  constructor(
    /** What reaches the gateway. */
    readonly sender: SmsSender,
    private readonly cipher: Cipher,
    private readonly clock: Clock,
    private readonly timeoutSeconds: number,
  ) {}

  /**
   * Sends one message as the queue was given it. Let the queue try again when this throws, and forget the message when it
   * does not. @throws what the sender throws, and {MfaError} `unavailable` if the key service does not answer
   */
  async deliver(sealed: string): Promise<QueuedSmsOutcome> {
    const queued = await this.open(sealed);
    if (!queued) return 'unreadable';
    const { expiresAt, ...message } = queued;
    if (this.clock.now().getTime() >= expiresAt) return 'expired';
    try {
      await withinSeconds(this.timeoutSeconds, (signal) => this.sender.send({ ...message, signal }));
      return 'sent';
    } catch (error) {
      if (error instanceof InvalidPhoneNumberError) return 'invalid';
      throw error;
    }
  }

  private async open(sealed: string): Promise<QueuedSms | null> {
    try {
      return (await this.cipher.open(sealed, QUEUED_SMS)) as QueuedSms;
    } catch (error) {
      if (error instanceof BrokenSeal) return null;
      throw error;
    }
  }
}
