/**
 * The port to your queue, e.g. BullMQ or SQS. Extend it in a provider and name the class as `sms.queue`. A login then waits for
 * the queue and not for the gateway. A worker passes each message to `SmsDelivery.deliver`.
 * @example
 * ```ts
 * export class SmsJobs extends SmsQueue {
 *   add(sealed: string, signal: AbortSignal): Promise<void> {
 *     return jobs.put('sms', sealed, signal);
 *   }
 * }
 * ```
 */
export abstract class SmsQueue {
  /**
   * Stores a message until a worker takes it. Resolves when it is stored.
   * @param sealed the message, encrypted with the module's keys: the queue has no number and no code in clear
   * @param signal aborts when the time is over
   */
  abstract add(sealed: string, signal: AbortSignal): Promise<void>;
}
