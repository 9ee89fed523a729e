import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolled } from '../support/enrolled.js';
import { loginRoute } from '../support/logins.js';
import { onTheWire, provenToken, requestPhone } from '../support/own-mfa.js';
import { par } from '../support/par.js';

const PHONE = '14155552671';

let booted: BootedApp;
let token: string;
afterEach(() => booted.close());

describe('messages of an enrolment', () => {
  beforeEach(async () => {
    booted = await bootApp();
    token = await booted.client.token('alice');
  });

  it('[C-01] [T12] are one for twenty requests in ten seconds', async () => {
    for (let second = 0; second < 10; second += 0.5) {
      expect((await requestPhone(booted, token, PHONE)).status).toBe(200);
      booted.clock.advance(0.5);
    }
    expect(booted.outbox.count).toBe(1);
  });

  it('[C-01] [T12] are one for twenty requests at the same moment', async () => {
    const headers = { authorization: `Token ${token}` };
    const request = { method: 'PUT', path: '/mfa/sms/request/', headers, json: { phone_number: PHONE } };
    const answers = await par([booted], 20, () => request);
    expect(booted.outbox.count).toBe(1);
    expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
  });

  it('[C-01] are five in an hour and ten in a day, however long one waits in between', async () => {
    for (let minute = 0; minute < 60; minute++) {
      await requestPhone(booted, token, PHONE);
      booted.clock.advance(60);
    }
    expect(booted.outbox.count).toBe(5);
    for (let minute = 60; minute < 24 * 60; minute += 10) {
      token = minute % 60 === 0 ? await booted.client.token('alice') : token;
      await requestPhone(booted, token, PHONE);
      booted.clock.advance(600);
    }
    expect(booted.outbox.count).toBe(10);
  });

  it('[C-01] come further and further apart, while their codes live', async () => {
    await booted.close();
    booted = await bootApp({ mfa: { codes: { stepSeconds: 200 } } });
    token = await booted.client.token('alice');
    const gaps: number[] = [];
    for (let gap = 0; gaps.length < 4; gap += 10) {
      const before = booted.outbox.count;
      await requestPhone(booted, token, PHONE);
      if (booted.outbox.count > before) {
        gaps.push(gap);
        gap = 0;
      }
      booted.clock.advance(10);
    }
    expect(gaps).toEqual([0, 60, 60, 120]);
  });

  it.each([
    '+1 415 555 2671',
    '1-415-555-2671',
    'tel:+14155552671',
    '14155552671;ext=1',
    ' 14155552671',
    '14155552671\n',
    '++14155552671',
    '001415555267',
    '１４１５５５５２６７１',
    '١٤١٥٥٥٥٢٦٧١',
    '141555',
    '1415555267112345',
    '1415555267x',
  ])('[C-03] do not go to %j', async (phone) => {
    const refused = await denied(booted, () => requestPhone(booted, token, phone));
    expect(refused.body['message']).toEqual(['Please enter a valid phone number.']);
    expect(booted.outbox.count).toBe(0);
  });

  it('[C-03] count for one number, with and without the plus, and it is kept in one form', async () => {
    expect((await requestPhone(booted, token, `+${PHONE}`)).body['phone_number']).toBe(PHONE);
    expect((await requestPhone(booted, token, PHONE)).body['phone_number']).toBe(PHONE);
    expect(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber)).toEqual([PHONE]);
  });

  it('[C-04] go to three different numbers in a day', async () => {
    for (let number = 0; number < 30; number++) {
      const { status } = await requestPhone(booted, token, `141555526${10 + number}`);
      expect(status).toBe(number < 3 ? 200 : 429);
      booted.clock.advance(600);
      token = await booted.client.token('alice');
    }
    expect(booted.outbox.count).toBe(3);
  });

  it('[C-04] go to three different numbers, even when all are asked for at the same moment', async () => {
    const headers = { authorization: `Token ${token}` };
    await par([booted], 30, (number) => ({
      method: 'PUT',
      path: '/mfa/sms/request/',
      headers,
      json: { phone_number: `141555526${10 + number}` },
    }));
    expect(booted.outbox.count).toBeLessThanOrEqual(3);
  });
});

describe('messages of a login', () => {
  beforeEach(async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    booted.outbox.messages.length = 0;
  });

  it.each(['authtoken', 'oauth2'] as const)(
    '[C-06] [T12] are five for a hundred tries in an hour at %s, and then the limit is told',
    async (name) => {
      const login = await loginRoute(booted, name);
      const answers: string[] = [];
      for (let tries = 0; tries < 100; tries++) {
        const { status, body, headers } = await login.send('bob');
        const isLater = Number(headers.get('retry-after')) > 0;
        answers.push(status === 503 ? `503 ${isLater}` : `${status} ${String(body['mfa_type'])}`);
        booted.clock.advance(36);
      }
      const usual = answers.lastIndexOf('200 sms') + 1;
      expect(new Set(answers.slice(0, usual)).size).toBe(1);
      expect(new Set(answers.slice(usual))).toEqual(new Set(['503 true']));
      expect(booted.outbox.count).toBe(5);
    },
  );

  it('[C-06] [T12] are one for thirty tries at the same moment', async () => {
    const login = await loginRoute(booted, 'authtoken');
    const answers = await par([booted], 30, () => login.request('bob'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(booted.outbox.count).toBe(1);
  });

  it('[C-07] count together with those of the other login, of step-up and of a new enrolment', async () => {
    const [authtoken, oauth2] = [await loginRoute(booted, 'authtoken'), await loginRoute(booted, 'oauth2')];
    const session = await provenToken(booted, 'bob');
    for (let round = 0; round < 12; round++) {
      await authtoken.send('bob');
      await oauth2.send('bob');
      await booted.client.post('/mfa/step-up/', { token: session, json: {} });
      booted.clock.advance(60);
    }
    await booted.client.delete('/mfa/', { token: session });
    for (let round = 0; round < 15; round++) {
      await requestPhone(booted, await booted.client.token('bob'), '14085550101');
      booted.clock.advance(60);
    }
    expect(booted.outbox.count).toBeLessThanOrEqual(5);
  });

  it('[C-06] cannot be asked for by HEAD, by GET or without the password', async () => {
    await booted.client.get('/mfa/authtoken/login/?username=bob&password=bob-password');
    await onTheWire(booted, { method: 'HEAD', path: '/mfa/authtoken/login/', json: { username: 'bob' } });
    await booted.client.login('bob', { password: 'bad' });
    expect(booted.outbox.count).toBe(0);
  });
});
