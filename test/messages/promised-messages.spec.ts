import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const PHONE = '14155552671';
/** Within this time, whoever is told to enter a code can do it. */
const USEFUL_SECONDS = 14;

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('an answer that asks for a code on %s', (platform) => {
  it.each(LOGIN_NAMES)('[F-03] promises a code that is right when it is typed, at %s', async (name) => {
    // From each second of a window, at each second of the cooldown.
    for (const second of [0, 13, 29]) {
      for (const later of [5, 16, 29, 31, 44, 46, 59]) {
        booted = await bootApp({ platform });
        await enrolledByRow(booted, 'bob');
        const login = await loginRoute(booted, name);
        booted.clock.advance(second);
        expect((await login.send('bob')).status).toBe(200);
        booted.clock.advance(later);
        expect((await login.send('bob')).status).toBe(200);
        booted.clock.advance(USEFUL_SECONDS);
        const granted = await login.send('bob', { mfa_code: booted.outbox.lastCode() });
        expect([second, later, granted.status, typeof login.token(granted)]).toEqual([second, later, 200, 'string']);
        await booted.close();
      }
    }
    booted = await bootApp({ platform });
  });

  it.each([{ perHour: 2 }, { perDay: 2 }])(
    '[F-03] is none where %o has no room: the limit is told',
    async (messages) => {
      booted = await bootApp({ platform, mfa: { messages } });
      await enrolledByRow(booted, 'bob');
      await hasSignedInFrom(booted, 'bob');
      for (const name of LOGIN_NAMES) {
        expect((await (await loginRoute(booted, name)).send('bob')).status).toBe(200);
        booted.clock.advance(60);
      }
      for (const name of LOGIN_NAMES) {
        const refused = await (await loginRoute(booted, name)).send('bob');
        expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('SMS failed to send.')]);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
      }
      const token = await openSession(booted, 'bob');
      const { status, body, headers } = await booted.client.post('/mfa/step-up/', { token, json: {} });
      expect([status, body['code']]).toEqual([503, 'sms_send_failed']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3000);
      expect(booted.outbox.count).toBe(2);
    },
  );

  it('[F-03] says at an enrolment that the hour is used up, though its phone waits for a code', async () => {
    booted = await bootApp({ platform, mfa: { messages: { perHour: 1 } } });
    const token = await openSession(booted, 'alice');
    expect((await requestPhone(booted, token, PHONE)).status).toBe(200);
    booted.clock.advance(61);
    const { status, body, headers } = await requestPhone(booted, token, PHONE);
    expect([status, body['code'], headers.get('retry-after')]).toEqual([429, 'locked', String(3600 - 61)]);
  });

  it('[F-03] promises a code at an enrolment too', async () => {
    booted = await bootApp({ platform });
    const token = await openSession(booted, 'alice');
    await requestPhone(booted, token, PHONE);
    booted.clock.advance(46);
    expect((await requestPhone(booted, token, PHONE)).status).toBe(200);
    booted.clock.advance(USEFUL_SECONDS);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
  });
});
