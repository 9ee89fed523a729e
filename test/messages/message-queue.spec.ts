import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SmsMessage } from '../../src/index.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { bootQueued, type QueuedApp } from '../support/test-queue.js';
import { prompted } from '../support/prompted.js';

const PHONE = '14155550123';

let booted: QueuedApp;
let log: EventLog;
beforeEach(async () => {
  log = eventLog();
  booted = await bootQueued({ mfa: { events: log.listener } });
});
afterEach(() => booted.close());

/** Asks for a code on a phone, which the queue must take. */
async function asked(phone = PHONE): Promise<string> {
  const token = await openSession(booted, 'alice');
  const { status, text } = await requestPhone(booted, token, phone);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return token;
}

const hang = () => new Promise<never>(() => undefined);

describe('a queue of messages', () => {
  it('[C-12] answers when it has the message, however long the gateway takes', async () => {
    let asks = 0;
    booted.outbox.before = () => {
      asks += 1;
      return hang();
    };
    await asked();
    await enrolledByRow(booted, 'bob');
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
    expect([booted.queue.sealed.length, asks]).toEqual([2, 0]);
    expect([log.count('challenge_sent', '1'), log.count('challenge_sent', '2')]).toEqual([1, 1]);
  });

  it.each<[string, () => Promise<void>]>([
    ['hangs', hang],
    ['fails', () => Promise.reject(new Error('the queue is full'))],
  ])('[C-12] that %s is a message that was not sent', async (_, before) => {
    await enrolledByRow(booted, 'bob');
    const signals: AbortSignal[] = [];
    booted.queue.before = (signal) => {
      signals.push(signal);
      return before();
    };
    const token = await openSession(booted, 'alice');
    const [request, login] = await Promise.all([requestPhone(booted, token, PHONE), booted.client.login('bob')]);
    expect([request.status, request.body['message']]).toEqual([400, 'SMS failed to send.']);
    expect([login.status, login.body['code'], login.body['token']]).toEqual([503, 'sms_send_failed', undefined]);
    expect(signals).toHaveLength(2);
    expect(new Set(signals.map(({ aborted }) => aborted))).toEqual(new Set([before === hang]));
    expect([log.count('message_failed', '1'), log.count('message_failed', '2')]).toEqual([1, 1]);
  });

  it('[C-12] holds neither the number nor the code', async () => {
    await asked();
    const sealed = booted.queue.last();
    await booted.deliver();
    const texts = [sealed, ...sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))];
    const secrets = [PHONE, booted.outbox.lastCode(), 'phoneNumber', 'Authentication'];
    expect(secrets.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([]);
  });

  it('[C-12] holds messages that differ even where their code is the same', async () => {
    const token = await asked();
    booted.clock.advance(60);
    await requestPhone(booted, token, PHONE);
    expect(new Set(booted.queue.sealed).size).toBe(2);
  });
});

describe('a worker', () => {
  it('[C-12] sends a message as it would have gone without a queue, and its code is right', async () => {
    const token = await asked();
    expect(await booted.deliver()).toBe('sent');
    const [{ signal, ...message }] = booted.outbox.messages as [SmsMessage];
    const code = booted.outbox.lastCode();
    const text = `Two Factor Authentication Code: ${code}`;
    expect(message).toEqual({ phoneNumber: PHONE, text, code, userId: '1' });
    expect(signal.aborted).toBe(false);
    expect((await verifyPhone(booted, token, code)).body['phone_number']).toBe(PHONE);
  });

  it('[C-12] sends nothing whose code has lived for its two windows', async () => {
    await asked();
    booted.clock.advance(59);
    expect(await booted.deliver()).toBe('sent');
    booted.clock.advance(1);
    expect(await booted.deliver()).toBe('expired');
    expect(booted.outbox.count).toBe(1);
  });

  it('[C-12] forgets a message to a number that takes no SMS', async () => {
    await asked('14085550001');
    expect(await booted.deliver()).toBe('invalid');
  });

  it('[C-12] is told of every other failure, so that the queue tries again', async () => {
    await asked();
    booted.outbox.before = () => Promise.reject(new TypeError('the gateway is down'));
    await expect(booted.deliver()).rejects.toThrow('the gateway is down');
    booted.outbox.before = hang;
    await expect(booted.deliver()).rejects.toMatchObject({ name: 'TimeoutError' });
    booted.outbox.before = () => Promise.resolve();
    expect(await booted.deliver()).toBe('sent');
  });

  it('[C-12] sends no code that is worth nothing by then, also where it was queued late in a window', async () => {
    booted.clock.advance(29);
    const token = await asked();
    booted.clock.advance(30);
    expect(await booted.deliver()).toBe('sent');
    const code = booted.outbox.lastCode();
    booted.clock.advance(1);
    expect(await booted.deliver()).toBe('expired');
    expect((await verifyPhone(booted, token, code)).status).toBe(400);
  });
});
