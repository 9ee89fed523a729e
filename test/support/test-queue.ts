import type { Type } from '@nestjs/common';
import { type QueuedSmsOutcome, SmsDelivery, SmsQueue } from '../../src/index.js';
import { bootApp, type BootedApp, type BootOptions } from './boot-app.js';
import { Outbox } from './outbox.js';

/** A queue that the test holds, and the class for the option `sms.queue`. */
export interface TestQueue {
  queue: Type<SmsQueue>;
  /** What it was given, the newest last. */
  sealed: string[];
  /** What it does before it keeps a message. */
  before: (signal: AbortSignal) => Promise<void>;
  /** The message that came last. */
  last: () => string;
}

export function testQueue(): TestQueue {
  const held: Omit<TestQueue, 'queue'> = {
    sealed: [],
    before: () => Promise.resolve(),
    last: () => held.sealed.at(-1) ?? '',
  };
  class Queue extends SmsQueue {
    async add(sealed: string, signal: AbortSignal): Promise<void> {
      await queue.before(signal);
      queue.sealed.push(sealed);
    }
  }
  const queue: TestQueue = Object.assign(held, { queue: Queue });
  return queue;
}

/** An application whose messages go to a queue that the test holds. */
export interface QueuedApp extends BootedApp {
  queue: TestQueue;
  /** What a worker does with a message: with the last one, if no other is given. */
  deliver: (sealed?: string) => Promise<QueuedSmsOutcome>;
}

export async function bootQueued(options: BootOptions = {}, queue = testQueue()): Promise<QueuedApp> {
  const { outbox = new Outbox() } = options;
  const sms = { sender: outbox.send, queue: queue.queue };
  const mfa = { messages: { timeoutSeconds: 1 }, ...options.mfa, sms: { ...sms, ...options.mfa?.sms } };
  const booted = await bootApp({ ...options, outbox, mfa });
  const deliver = (sealed = queue.last()) => booted.app.get(SmsDelivery, { strict: false }).deliver(sealed);
  return { ...booted, queue, deliver };
}
