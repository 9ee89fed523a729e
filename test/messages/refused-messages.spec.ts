import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow, phoneOf, rowOf } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { newcomer, phoneInUS, signUp } from '../support/newcomers.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const HOUR = 3600;
const bob = '2';

let booted: BootedApp;
let log: EventLog;
afterEach(() => booted.close());

beforeEach(async () => {
  log = eventLog();
  booted = await bootApp({ mfa: { events: log.listener } });
  await enrolledByRow(booted, 'bob');
});

/** Fills the hour of bob's number for sign-ups: five strangers ask for codes on it. */
async function askForNumber(): Promise<void> {
  for (let asked = 0; asked < 5; asked++) await signUp(booted, phoneOf('bob'));
}

/** Fills it for logins: five others whose number it is too sign in. */
async function fillNumber(): Promise<void> {
  for (const username of ['mate-0', 'mate-1', 'mate-2', 'mate-3', 'mate-4']) {
    booted.users.add(username);
    await enrolledByRow(booted, username, undefined, phoneOf('bob'));
    await booted.client.login(username);
  }
}

describe('a login whose message a shared limit refuses', () => {
  it.each(LOGIN_NAMES)(
    '[C-06] says at %s that nothing came and when to try again, and gives no token',
    async (name) => {
      const login = await loginRoute(booted, name);
      await fillNumber();
      const refused = await login.send('bob');
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, String(HOUR)]);
      expect(refused.text).toContain('SMS failed to send.');
      expect(Object.keys(refused.body).filter((key) => /token|mfa/.test(key))).toEqual([]);
      expect(log.count('signed_in', bob)).toBe(0);
    },
  );

  it('[C-06] says the same at a step-up', async () => {
    await fillNumber();
    const token = await openSession(booted, 'bob');
    const { status, body, headers } = await booted.client.post('/mfa/step-up/', { token, json: {} });
    expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'sms_send_failed', String(HOUR)]);
  });

  it("[C-06] costs nothing of the user's own messages, however often it is tried", async () => {
    await fillNumber();
    await hasSignedInFrom(booted, 'bob');
    for (let tries = 0; tries < 20; tries++) expect((await booted.client.login('bob')).status).toBe(503);
    const { sentMessages } = await rowOf(booted, 'bob');
    expect(sentMessages.filter(({ refusedBy }) => refusedBy === undefined)).toEqual([]);
    booted.clock.advance(HOUR);
    booted.outbox.messages.length = 0;
    expect((await booted.client.login('bob')).status).toBe(200);
    expect(booted.outbox.count).toBe(1);
    for (let tries = 0; tries < 50; tries++) {
      booted.clock.advance(60);
      expect((await booted.client.login('bob')).status).toBe(booted.outbox.count < 5 || tries < 4 ? 200 : 503);
    }
    expect(booted.outbox.count).toBe(5);
  });
});

describe('a sign-up whose message a shared limit refuses', () => {
  it('[C-06] leaves the number in force that was asked for before', async () => {
    await askForNumber();
    const token = await newcomer([booted]);
    await requestPhone(booted, token, phoneInUS(0));
    const code = booted.outbox.lastCode();
    expect((await requestPhone(booted, token, phoneOf('bob'))).status).toBe(429);
    expect((await verifyPhone(booted, token, code)).body['phone_number']).toBe(phoneInUS(0));
  });

  it("[C-06] is none of its user's three new numbers of the day", async () => {
    await askForNumber();
    const token = await newcomer([booted]);
    for (let tries = 0; tries < 10; tries++) await requestPhone(booted, token, phoneOf('bob'));
    for (const index of [0, 1, 2]) expect((await requestPhone(booted, token, phoneInUS(index))).status).toBe(200);
  });
});
