import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { loginRoute } from '../support/logins.js';
import { openSession, requestPhone } from '../support/own-mfa.js';
import { par } from '../support/par.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const DAY = 86_400;
const PHONE = '14155552671';

await describeOnEach('limits that nobody reaches', DATABASE_KINDS, (kind) => {
  it('[C-13] let messages out, however large the number is', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const messages = {
      perDestinationPerHour: most,
      perDestinationPerDay: most,
      enrolmentsPerNetworkPerHour: most,
      loginsPerNetworkPerHour: most,
      perCountryPerDay: most,
    };
    const instances = await bootInstancesOn(kind, 1, { mfa: { messages } });
    const [booted] = instances.all as [BootedApp];
    try {
      await enrolledByRow(booted, 'bob');
      await enrolledByRow(booted, 'dave');
      // The first makes the rows, the second one meets them.
      for (const name of ['bob', 'dave'])
        expect((await booted.client.login(name)).body).toMatchObject({ mfa_required: true });
      for (const [index, name] of ['alice', 'carla'].entries()) {
        if (name === 'carla') addUser(instances, name);
        const answer = await requestPhone(booted, await booted.client.token(name), `1415555267${index}`);
        expect(answer.status).toBe(200);
      }
    } finally {
      await instances.close();
    }
  });
});

await describeOnEach('messages', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let user: string;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 2);
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());

  // A user of its own for each test, on a day of its own.
  beforeEach(({ task }) => {
    booted.clock.advance(DAY);
    booted.outbox.before = () => Promise.resolve();
    booted.outbox.messages.length = 0;
    user = `user-${task.id}`;
    addUser(instances, user);
  });

  const token = () => booted.client.token(user);

  /** Requests of phones that arrive together, over both instances. */
  async function requestTogether(count: number, phone: (index: number) => string): Promise<Set<number>> {
    const headers = { authorization: `Token ${await token()}` };
    const answers = await par(instances.all, count, (index) => {
      const json = { phone_number: phone(index) };
      return { method: 'PUT', path: '/mfa/sms/request/', headers, json };
    });
    return new Set(answers.map(({ status }) => status));
  }

  it('[C-01] [T12] are one for twenty requests at the same moment', async () => {
    const statuses = await requestTogether(20, () => PHONE);
    expect(booted.outbox.count).toBe(1);
    expect([...statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
  });

  it('[C-01] are five in an hour and ten in a day, however long one waits in between', async () => {
    const session = await token();
    for (let minute = 0; minute < 60; minute++, booted.clock.advance(60)) await requestPhone(booted, session, PHONE);
    expect(booted.outbox.count).toBe(5);
    for (let hour = 1; hour < 24; hour++, booted.clock.advance(3600)) await requestPhone(booted, await token(), PHONE);
    expect(booted.outbox.count).toBe(10);
  });

  it('[C-04] go to three different numbers in a day, also when thirty are asked for at the same moment', async () => {
    await requestTogether(30, (index) => `141555526${10 + index}`);
    expect(booted.outbox.count).toBeLessThanOrEqual(3);
    for (let last = 40; last < 45; last++) await requestPhone(booted, await token(), `141555526${last}`);
    expect(booted.outbox.count).toBe(3);
  });

  it('[C-06] [T12] are one for thirty logins at the same moment, and five for an hour of them', async () => {
    await enrolledByRow(booted, user);
    await hasSignedInFrom(booted, user);
    const login = await loginRoute(booted, 'authtoken');
    const answers = await par(instances.all, 30, () => login.request(user));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(booted.outbox.count).toBe(1);
    for (let tries = 0; tries < 50; tries++, booted.clock.advance(70)) await login.send(user);
    expect(booted.outbox.count).toBe(5);
  });

  it('[C-07] count together for both logins, step-up and a new enrolment', async () => {
    await enrolledByRow(booted, user);
    await hasSignedInFrom(booted, user);
    const logins = [await loginRoute(booted, 'authtoken'), await loginRoute(instances.all[1]!, 'oauth2')];
    const session = await openSession(booted, user);
    for (let minute = 0; minute < 5; minute++, booted.clock.advance(60)) {
      for (const login of logins) await login.send(user);
      await booted.client.post('/mfa/step-up/', { token: session, json: {} });
    }
    expect(booted.outbox.count).toBe(5);
    expect((await booted.client.delete('/mfa/', { token: session })).status).toBe(204);
    expect((await requestPhone(booted, await token(), PHONE)).status).toBe(429);
    expect(booted.outbox.count).toBe(5);
  });

  it('[C-09] count too where the gateway fails, and open nothing', async () => {
    await enrolledByRow(booted, user);
    await hasSignedInFrom(booted, user);
    let tried = 0;
    booted.outbox.before = () => Promise.reject(new Error(`no gateway ${++tried}`));
    for (let tries = 0; tries < 8; tries++) {
      const { status, body } = await booted.client.login(user);
      expect([status, body['token'], body['mfa_required']]).toEqual([503, undefined, undefined]);
    }
    expect(tried).toBe(5);
  });
});
