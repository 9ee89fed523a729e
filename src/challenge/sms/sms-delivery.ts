import { BrokenSeal, Cipher } from '../../crypto/cipher.js';
import { Clock } from '../../core/clock.js';
import { withinSeconds } from '../../core/within-seconds.js';
import { failureOf } from '../../core/message-failure.js';
import { type SmsMessage, SmsSender } from './sms-sender.js';

/**
 * How a queued message ended: `expired` if its code is worthless, `invalid` if its number takes no SMS, `blocked` if this
 * sender cannot reach it, `unreadable` if this module did not seal it or its key is gone.
 */
export type QueuedSmsOutcome = 'sent' | 'expired' | 'invalid' | 'blocked' | 'unreadable';

/** A queued message before it is sealed. */
export type QueuedSms = Omit<SmsMessage, 'signal'> & { expiresAt: number };

/** The binding of queued messages. It is no user's factor, so a queued message does not open in a row, nor a row's seal here. */
export const QUEUED_SMS = { userId: '', factorId: 'queued sms' };

/** Sends queued messages. Your worker calls it. */
export class SmsDelivery {
  constructor(
    /** The sender that reaches the gateway. */
    readonly sender: SmsSender,
    private readonly cipher: Cipher,
    private readonly clock: Clock,
    private readonly timeoutSeconds: number,
  ) {}

  /**
   * Sends one message from the queue. If it throws, retry the message. If it returns, forget the message.
   * @throws the sender's error, or {MfaError} `unavailable` if the key service does not answer
   * @example
   * ```ts
   * const outcome = await delivery.deliver(sealed); // 'sent', 'expired', 'invalid', 'blocked' or 'unreadable'
   * ```
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
      const failure = failureOf(error);
      if (failure === 'number') return 'invalid';
      if (failure === 'sender') return 'blocked';
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
