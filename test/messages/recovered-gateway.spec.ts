import { afterEach, describe, expect, it } from 'vitest';
import { FailedChallengeError, type MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow, phoneOf, rowOf } from '../support/factor-rows.js';
import { times } from '../support/guesses.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { signUp } from '../support/newcomers.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const NO = () => Promise.reject(new FailedChallengeError('The gateway answered 503.', { code: 503 }));
const SILENCE = () => Promise.reject(new TypeError('fetch failed'));
const WORKS = () => Promise.resolve();

let booted: BootedApp;
let log: EventLog;

async function logins(username: string, count: number): Promise<number[]> {
  const answers = await Promise.all(times(count, 0).map(() => booted.client.login(username)));
  return answers.map(({ status }) => status);
}

describe.each(PLATFORMS)('a gateway that comes back on %s', (platform) => {
  afterEach(() => booted.close());
  const boot = async (messages: Partial<MessageOptions> = {}) => {
    log = eventLog();
    booted = await bootApp({ platform, mfa: { messages, events: log.listener } });
    await enrolledByRow(booted, 'bob');
  };

  it('[F-09] has cost nobody a message that it refused: the next login gets one', async () => {
    await boot();
    await hasSignedInFrom(booted, 'bob');
    booted.outbox.before = NO;
    for (let tries = 0; tries < 5; tries++) expect(await logins('bob', 1)).toEqual([503]);
    booted.outbox.before = WORKS;
    expect(await logins('bob', 1)).toEqual([200]);
    for (let sent = 1; sent < 5; sent++) {
      booted.clock.advance(60);
      expect(await logins('bob', 1)).toEqual([200]);
    }
    booted.clock.advance(60);
    expect([await logins('bob', 1), booted.outbox.count]).toEqual([[503], 5]);
  });

  it('[F-09] has cost those messages whose end nobody knows', async () => {
    await boot();
    booted.outbox.before = SILENCE;
    for (let tries = 0; tries < 5; tries++) expect(await logins('bob', 1)).toEqual([503]);
    booted.outbox.before = WORKS;
    expect([await logins('bob', 1), booted.outbox.count]).toEqual([[503], 0]);
  });

  it.each([
    ['phone', { perDestinationPerHour: 5, perDestinationPerDay: 5 }],
    ['network', { loginsPerNetworkPerHour: 5 }],
    ['country', { perCountryPerDay: 5 }],
  ])('[F-09] has used up no limit of a %s', async (_, messages) => {
    await boot(messages);
    booted.outbox.before = NO;
    for (let tries = 0; tries < 5; tries++) expect(await logins('bob', 1)).toEqual([503]);
    booted.outbox.before = WORKS;
    expect(await logins('bob', 1)).toEqual([200]);
  });

  it('[F-09] is asked by one user no more than twenty times an hour', async () => {
    await boot();
    let asked = 0;
    booted.outbox.before = () => {
      asked += 1;
      return NO();
    };
    for (let tries = 0; tries < 30; tries++) {
      expect(await logins('bob', 1)).toEqual([503]);
      booted.clock.advance(30);
    }
    expect(asked).toBe(20);
  });

  it('[F-09] is left alone while it is down, but for a probe, and is asked again at once after one success', async () => {
    await boot();
    const names = times(30, 0).map((_, index) => `user-${index}`);
    for (const name of names) {
      booted.users.add(name);
      await enrolledByRow(booted, name);
    }
    let asked = 0;
    booted.outbox.before = () => {
      asked += 1;
      return SILENCE();
    };
    for (const name of names) {
      const refused = await booted.client.login(name);
      expect([refused.status, refused.body['code']]).toEqual([503, 'sms_send_failed']);
    }
    // Ten in a row, and the first probe.
    expect(asked).toBe(11);
    const refused = log.events.findLast(({ type }) => type === 'message_refused');
    expect(refused).toMatchObject({ limit: 'gateway', retryAfterSeconds: 5 });
    expect((await booted.client.login(names[29]!)).headers.get('retry-after')).toBe('5');
    // What was refused is no message of the user's.
    expect((await rowOf(booted, names[29]!)).sentMessages.filter(({ failed }) => failed)).toEqual([]);
    booted.outbox.before = WORKS;
    booted.clock.advance(5);
    for (const name of names) expect((await booted.client.login(name)).status).toBe(200);
  });

  it('[F-09] is not taken for down over numbers that strangers chose', async () => {
    await boot({ enrolmentsPerNetworkPerHour: 100 });
    booted.outbox.before = ({ phoneNumber }) => (phoneNumber === phoneOf('bob') ? WORKS() : NO());
    for (let index = 0; index < 20; index++) await signUp(booted, `1415556${String(index).padStart(4, '0')}`);
    expect(await logins('bob', 1)).toEqual([200]);
  });
});

await describeOnEach('messages that a gateway refused', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  afterEach(() => instances.close());

  it('[F-09] are given back exactly, also when many fail at the same moment', async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: { messages: { perCountryPerDay: 2 } } });
    booted = instances.all[0]!;
    const names = ['bob', 'dave'];
    for (const name of names) await enrolledByRow(booted, name);
    booted.outbox.before = NO;
    const statuses = await Promise.all(names.map((name) => logins(name, 3)));
    // While a message is on its way, a second login is told so.
    expect(statuses.flat().filter((status) => status !== 503 && status !== 200)).toEqual([]);
    const rows: { taken: string | number }[] = await booted.database.query('SELECT taken FROM mfa_rate_limit');
    expect(rows.filter(({ taken }) => Number(taken) < 0)).toEqual([]);
    booted.outbox.before = WORKS;
    booted.clock.advance(61);
    for (const name of names) expect((await booted.client.login(name)).status).toBe(200);
  });
});
