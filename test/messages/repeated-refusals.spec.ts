import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow, phoneOf, wrongCode } from '../support/factor-rows.js';
import { times } from '../support/guesses.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { phoneInUS, signUp } from '../support/newcomers.js';
import { openSession, requestPhone } from '../support/own-mfa.js';
import { par } from '../support/par.js';
import { type TestKms, testKms } from '../support/test-kms.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const bob = '2';

let booted: BootedApp;
let kms: TestKms;
let log: EventLog;

const audited = () => booted.database.query("SELECT type FROM mfa_event WHERE type = 'message_refused'");

describe.each(PLATFORMS)('refusals without end on %s', (platform) => {
  afterEach(() => booted.close());
  beforeEach(() => {
    kms = testKms();
    log = eventLog();
  });

  const boot = async (messages: Partial<MessageOptions> = {}) => {
    const mfa = { keyProvider: kms.provider, audit: true, events: log.listener, messages };
    booted = await bootApp({ platform, mfa });
    await enrolledByRow(booted, 'bob');
  };

  const stepUps = async (count: number) => {
    const token = await openSession(booted, 'bob');
    const statuses: number[] = [];
    for (let tries = 0; tries < count; tries++) {
      statuses.push((await booted.client.post('/mfa/step-up/', { token, json: {} })).status);
    }
    return statuses;
  };

  it('[X-11] are one event in a cooldown, and open no seal', async () => {
    await boot();
    await stepUps(1);
    const before = kms.calls;
    expect(await stepUps(199)).toEqual(times(199, 200));
    expect([kms.calls - before, (await audited()).length, booted.outbox.count]).toEqual([0, 1, 1]);
  });

  it('[X-11] are one event where the hour of the user is used up, at the login and at the step-up each', async () => {
    await boot({ perHour: 2 });
    await hasSignedInFrom(booted, 'bob');
    await stepUps(1);
    await booted.client.login('bob');
    booted.clock.advance(61);
    const before = kms.calls;
    expect(await stepUps(50)).toEqual(times(50, 503));
    for (let tries = 0; tries < 50; tries++) expect((await booted.client.login('bob')).status).toBe(503);
    expect([kms.calls - before, (await audited()).length]).toEqual([0, 2]);
  });

  it('[X-11] are one event a minute, and one seal, where a limit that others share is used up', async () => {
    await boot({ loginsPerNetworkPerHour: 1 });
    await enrolledByRow(booted, 'dave');
    await booted.client.login('dave');
    const before = kms.calls;
    for (let tries = 0; tries < 50; tries++) {
      const refused = await booted.client.login('bob');
      expect([refused.status, refused.body['code']]).toEqual([503, 'sms_send_failed']);
      expect(refused.headers.get('retry-after')).toBe('3600');
    }
    expect([kms.calls - before, log.count('message_refused', bob)]).toEqual([1, 1]);
    booted.clock.advance(60);
    const later = await booted.client.login('bob');
    expect([later.headers.get('retry-after'), log.count('message_refused', bob)]).toEqual(['3540', 2]);
    booted.clock.advance(3540);
    expect((await booted.client.login('bob')).status).toBe(200);
  });

  it('[X-11] are one event during a lock', async () => {
    await boot();
    const mfa_code = await wrongCode(booted, 'bob');
    for (let tries = 0; tries < 5; tries++) await booted.client.login('bob', { mfa_code });
    const before = kms.calls;
    for (let tries = 0; tries < 50; tries++) await booted.client.login('bob');
    expect([kms.calls - before, log.count('message_refused', bob)]).toEqual([0, 1]);
  });

  it('[X-11] are one event at an enrolment', async () => {
    await boot({ enrolmentsPerNetworkPerHour: 1 });
    const token = await openSession(booted, 'alice');
    for (let tries = 0; tries < 20; tries++) expect((await requestPhone(booted, token, phoneInUS(0))).status).toBe(200);
    expect(log.count('message_refused', '1')).toBe(1);
    await signUp(booted, phoneInUS(1));
    const other = await openSession(booted, 'dave');
    for (let tries = 0; tries < 20; tries++)
      expect((await requestPhone(booted, other, phoneOf('dave'))).status).toBe(429);
    expect(log.count('message_refused', String(booted.users.named('dave').id))).toBe(1);
  });
});

await describeOnEach('refusals at the same moment', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  afterEach(() => instances.close());

  it('[X-11] are one event', async () => {
    log = eventLog();
    instances = await bootInstancesOn(kind, 2, { mfa: { events: log.listener } });
    booted = instances.all[0]!;
    await enrolledByRow(booted, 'bob');
    const headers = { authorization: `Token ${await openSession(booted, 'bob')}` };
    const answers = await par(instances.all, 30, () => ({ path: '/mfa/step-up/', headers, json: {} }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect([booted.outbox.count, log.count('message_refused', bob)]).toEqual([1, 1]);
  });
});
