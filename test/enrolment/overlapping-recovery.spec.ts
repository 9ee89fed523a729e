import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { holdReads } from '../support/hold-reads.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { openSession } from '../support/own-mfa.js';
import { par } from '../support/par.js';

await describeOnEach('backup codes that are fetched twice at the same moment', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: { backupCodes: { onUse: 'keep' } } });
    await instances.boot({ platform: 'fastify' });
  });
  afterAll(() => instances.close());

  it.each([2, 4])('[F-24] are shown to nobody for whom they are dead: %i requests', async (count) => {
    const booted = instances.all[0]!;
    const user = `user-${count}`;
    addUser(instances, user);
    await enrolledByRow(booted, user);
    const token = await openSession(booted, user);
    const fetch = { method: 'GET', path: '/mfa/recovery/', headers: { authorization: `Token ${token}` } };
    // Each has seen the codes that the others are about to replace.
    holdReads(
      instances.all.map(({ database }) => database),
      count,
    );
    const answers = await par(instances.all, count, () => fetch);
    const shown = answers.filter(({ status }) => status === 200).map(({ body }) => String(body['backup_code']));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, body }) => [status, body['code']])).toEqual(refused.map(() => [409, 'conflict']));
    expect(shown).toHaveLength(1);
    expect(await uses(shown[0]!)).toMatchObject({ status: 200 });
    // The next one replaces it as ever.
    const next = await booted.client.get('/mfa/recovery/', { token });
    expect([next.status, next.body['backup_code'] === shown[0]]).toEqual([200, false]);

    function uses(backup_code: string): Promise<Answered> {
      return booted.client.login(user, { backup_code });
    }
  });
});
