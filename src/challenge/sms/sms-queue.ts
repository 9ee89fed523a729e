/**
 * Your queue, e.g. over BullMQ or SQS. Extend it in a provider and name the class as `sms.queue`: a login then answers when
 * the queue has a message, and not when the gateway has it. A worker hands each one to `SmsDelivery.deliver`.
 */
export abstract class SmsQueue {
  /**
   * Keeps a message until a worker takes it. Resolves when it is kept.
   * @param sealed the message, encrypted with the module's keys: number and code are in no queue in clear
   * @param signal aborts when the time for it is over
   */
  abstract add(sealed: string, signal: AbortSignal): Promise<void>;
}
