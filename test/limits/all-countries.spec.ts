import { afterEach, describe, expect, it } from 'vitest';
import type { MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { loginFrom, phoneInGB, phoneInUS, signUp } from '../support/newcomers.js';

let booted: BootedApp;
let log: EventLog;
afterEach(() => booted.close());

const warnings = () => log.events.filter(({ type }) => type === 'messages_running_out');
const refusals = () => log.events.filter(({ type }) => type === 'message_refused');

/** Mobile numbers of twelve countries that differ in their last two digits. */
const COUNTRIES = [
  '14155552',
  '447400123',
  '49151234567',
  '336123456',
  '346123456',
  '39312345678',
  '316123456',
  '4791234',
  '46701234',
  '614123456',
  '8190123456',
  '919876543',
];
const phone = (country: string, index: number) =>
  country +
  String(index)
    .padStart(2, '0')
    .padEnd(country === '14155552' ? 3 : 2, '0');

describe.each(PLATFORMS)('messages to all countries together on %s', (platform) => {
  const boot = async (messages: Partial<MessageOptions>) => {
    log = eventLog();
    booted = await bootApp({ platform, trustedProxy: '127.0.0.1', mfa: { messages, events: log.listener } });
  };

  it('[C-13] have a limit, of which the application hears before it is reached and when it is', async () => {
    await boot({ totalPerDay: 20, minimumVerifiedShare: 0 });
    await enrolledByRow(booted, 'bob');
    const statuses: number[] = [];
    const told: number[][] = [];
    for (let index = 0; index < 6; index++) {
      for (const number of [phoneInUS(index), phoneInGB(index)]) statuses.push((await signUp(booted, number)).status);
      told.push([warnings().length, refusals().length]);
    }
    expect(told.slice(2)).toEqual([
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 2],
    ]);
    // Half of it is for new numbers.
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.slice(10)).toEqual([429, 429]);
    expect(warnings()).toEqual([
      { type: 'messages_running_out', userId: null, at: booted.clock.now(), limit: 'total', left: 2 },
    ]);
    expect(refusals()).toMatchObject([{ limit: 'total' }, { limit: 'total' }]);
    expect(booted.log.some((line) => line.includes('Messages are running out: 2 are left today'))).toBe(true);
    expect(booted.log.some((line) => line.includes('messages.totalPerDay is used up'))).toBe(true);
    expect((await booted.client.login('bob')).status).toBe(200);
    booted.clock.advance(24 * 3600);
    expect((await signUp(booted, phoneInUS(9))).status).toBe(200);
  });

  it('[C-13] stop logins at the whole of it, with 503 and the time to wait', async () => {
    await boot({ totalPerDay: 3, perCountryPerDay: 100 });
    for (const name of ['bob', 'dave', 'erin', 'frank']) {
      if (!booted.users.all.some(({ username }) => username === name)) booted.users.add(name);
      await enrolledByRow(booted, name);
    }
    const statuses: number[] = [];
    for (const name of ['bob', 'dave', 'erin']) statuses.push((await loginFrom(booted, name)).status);
    expect(statuses).toEqual([200, 200, 200]);
    const refused = await loginFrom(booted, 'frank');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, String(24 * 3600)]);
  });

  it('[C-13] warn of a country too, once', async () => {
    await boot({ perCountryPerDay: 20, minimumVerifiedShare: 0 });
    for (let index = 0; index < 10; index++) await signUp(booted, phoneInUS(index));
    expect(warnings()).toMatchObject([{ limit: 'country', country: 'US', left: 2 }]);
  });
});

describe('sign-ups in many countries', () => {
  it('[C-13] get three hundred messages of the default, not 480', async () => {
    log = eventLog();
    booted = await bootApp({ trustedProxy: '127.0.0.1', mfa: { events: log.listener } });
    let network = 0;
    for (let index = 0; index < 40; index++) {
      for (const country of COUNTRIES) {
        if (booted.outbox.count > 300) break;
        network = (network + 1) % 200;
        await signUp(booted, phone(country, index), network);
      }
      if (refusals().some((event) => event.type === 'message_refused' && event.limit === 'total')) break;
    }
    expect(booted.outbox.count).toBe(300);
    expect(warnings().filter((event) => event.type === 'messages_running_out' && event.limit === 'total')).toHaveLength(
      1,
    );
  });
});
