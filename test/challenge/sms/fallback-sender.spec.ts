import { afterEach, describe, expect, it } from 'vitest';
import { InvalidPhoneNumberError, type MfaModuleOptions, type SendSms, SmsDelivery } from '../../../src/index.js';
import { abortsWithin } from '../../support/aborts-within.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolledByRow, phoneOf } from '../../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { openSession, requestPhone, verifyPhone } from '../../support/own-mfa.js';
import { Pagers, PagersModule } from '../../support/pagers.js';
import { PagingSender } from '../../support/paging-sender.js';
import { testQueue } from '../../support/test-queue.js';
import { TestUsersModule } from '../../support/test-users.js';

const PHONE = '14155550123';

let booted: BootedApp;
afterEach(() => booted.close());

/** An application whose first sender is this one and whose second one is the outbox, and what the first was asked. */
async function boot(first: SendSms, more: Partial<MfaModuleOptions> = {}): Promise<AbortSignal[]> {
  const signals: AbortSignal[] = [];
  const sender: SendSms = (message) => {
    signals.push(message.signal);
    return first(message);
  };
  const sms = { sender, fallback: (message: Parameters<SendSms>[0]) => booted.outbox.send(message) };
  booted = await bootApp({ mfa: { messages: { timeoutSeconds: 1 }, ...more, sms: { ...sms, ...more.sms } } });
  return signals;
}

const hang: SendSms = () => new Promise(() => undefined);
const fail: SendSms = ({ text }) => Promise.reject(new TypeError(`the first gateway broke over ${text}`));
const refuse: SendSms = () => Promise.reject(new InvalidPhoneNumberError());

describe('the second sender', () => {
  it.each([
    ['fails', fail],
    ['hangs', hang],
  ])('[C-09] sends what the first one does not when it %s', async (name, first) => {
    const signals = await boot(first);
    const token = await openSession(booted, 'alice');
    expect((await requestPhone(booted, token, PHONE)).status).toBe(200);
    expect(booted.outbox.messages.map(({ phoneNumber, userId }) => [phoneNumber, userId])).toEqual([[PHONE, '1']]);
    expect(booted.outbox.messages[0]!.signal.aborted).toBe(false);
    expect(signals.map(({ aborted }) => aborted)).toEqual([name === 'hangs']);
    const code = booted.outbox.lastCode();
    expect((await verifyPhone(booted, token, code)).body['enabled']).toBe(true);
    const warnings = booted.log.filter((line) => line.includes('The first SMS sender failed'));
    expect(warnings).toEqual([expect.stringContaining(name === 'hangs' ? 'TimeoutError' : 'TypeError')]);
    expect(booted.log.filter((line) => line.includes(code) || line.includes(PHONE))).toEqual([]);
  });

  it('[C-09] is not asked when the first one has sent', async () => {
    await boot(() => Promise.resolve());
    await requestPhone(booted, await openSession(booted, 'alice'), PHONE);
    expect(booted.outbox.count).toBe(0);
  });

  it('[C-09] is not asked over a number that takes no SMS, which is what the answer says', async () => {
    await boot(refuse);
    const token = await openSession(booted, 'alice');
    const { status, body } = await denied(booted, () => requestPhone(booted, token, PHONE));
    expect([status, body['message']]).toEqual([400, 'Please enter a valid phone number.']);
    await enrolledByRow(booted, 'bob');
    const login = await booted.client.login('bob');
    expect([login.status, login.body['code']]).toEqual([503, 'sms_send_failed']);
    expect(booted.outbox.count).toBe(0);
  });

  it('[C-09] may be the one that finds that out', async () => {
    await boot(fail);
    booted.outbox.before = () => Promise.reject(new InvalidPhoneNumberError());
    const { status, body } = await requestPhone(booted, await openSession(booted, 'alice'), PHONE);
    expect([status, body['code']]).toEqual([400, 'invalid_phone_number']);
  });

  it('[C-09] and the first one that both fail are a message that was not sent', async () => {
    await boot(fail);
    booted.outbox.before = fail;
    await enrolledByRow(booted, 'bob');
    for (const name of LOGIN_NAMES) {
      const login = await loginRoute(booted, name);
      const answered = await login.send('bob');
      expect([answered.status, login.token(answered)]).toEqual([503, undefined]);
      expect(answered.text).toContain('SMS failed to send.');
    }
    const token = await openSession(booted, 'alice');
    const { status, body } = await denied(booted, () => requestPhone(booted, token, PHONE));
    expect([status, body['message']]).toEqual([400, 'SMS failed to send.']);
    expect((await booted.client.get('/mfa/', { token })).body['phone_number']).toBe('');
  });

  it('[C-09] and the first one that both hang have the time of one sender together', async () => {
    const inTime: Promise<boolean>[] = [];
    const watched: SendSms = (message) => {
      inTime.push(abortsWithin(750, message.signal));
      return hang(message);
    };
    await boot(watched);
    booted.outbox.before = watched;
    await enrolledByRow(booted, 'bob');
    const { status, body } = await booted.client.login('bob');
    expect([status, body['code'], body['token']]).toEqual([503, 'sms_send_failed', undefined]);
    // Half a second each.
    expect(await Promise.all(inTime)).toEqual([true, true]);
  });

  it('[C-09] sends for a worker too', async () => {
    const queue = testQueue();
    await boot(fail, { sms: { queue: queue.queue } });
    await enrolledByRow(booted, 'bob');
    await booted.client.login('bob');
    expect(booted.outbox.count).toBe(0);
    expect(await booted.app.get(SmsDelivery, { strict: false }).deliver(queue.last())).toBe('sent');
    expect(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber)).toEqual([phoneOf('bob')]);
  });

  it('[C-09] may be a class that is made with what `imports` offers', async () => {
    await boot(fail, { imports: [TestUsersModule, PagersModule], sms: { fallback: PagingSender } });
    expect((await requestPhone(booted, await openSession(booted, 'alice'), PHONE)).status).toBe(200);
    expect(booted.app.get(Pagers, { strict: false }).pages).toMatchObject([{ pager: PHONE }]);
  });
});
