import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Upkeep } from '../../src/index.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { rawRows, requestPhone, verifyPhone } from '../support/own-mfa.js';

const MISTYPED = '14085550177';

await describeOnEach('a request that is never confirmed', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let user: string;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: { upkeep: { batchSize: 2 } } });
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());
  beforeEach(({ task }) => {
    booted.clock.advance(86_400);
    user = `user-${task.id}`;
    addUser(instances, user);
  });

  const purge = () => booted.app.get(Upkeep, { strict: false }).purge();

  it('[F-22] is removed by the purge once it is dead, its phone number too', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `${user}-${index}`);
    for (const [index, name] of names.entries()) {
      addUser(instances, name);
      await requestPhone(booted, await booted.client.token(name), `1408555017${index}`);
    }
    booted.clock.advance(601);
    expect(await purge()).toMatchObject({ done: true });
    for (const name of names) expect(await rowOf(booted, name)).toMatchObject({ pendingFactors: [], phoneNumber: '' });
    expect(JSON.stringify(await rawRows(booted, 'mfa_multi_factor_auth'))).not.toContain('1408555017');
  });

  it('[F-22] is left alone while it can be confirmed, and what is confirmed stays', async () => {
    await enrolledByRow(booted, user);
    const other = `other of ${user}`;
    addUser(instances, other);
    const token = await booted.client.token(other);
    await requestPhone(booted, token, MISTYPED);
    const code = booted.outbox.lastCode();
    await purge();
    expect(await rowOf(booted, other)).toMatchObject({ phoneNumber: MISTYPED });
    expect((await verifyPhone(booted, token, code)).status).toBe(200);
    booted.clock.advance(40 * 86_400);
    const before = [await rowOf(booted, user), await rowOf(booted, other)];
    await purge();
    expect([await rowOf(booted, user), await rowOf(booted, other)]).toEqual(before);
  });
});
