import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { bootInstances, type Instances } from '../support/instances.js';
import { TestClock } from '../../src/testing.js';
import { prompted } from '../support/prompted.js';

let instances: Instances;
beforeEach(async () => {
  instances = await bootInstances(3);
  await enrolledByRow(instances.all[0]!, 'bob');
});
afterEach(() => instances.close());

async function guess(at: BootedApp): Promise<number> {
  const mfa_code = await wrongCode(at, 'bob');
  return (await denied(at, () => at.client.login('bob', { mfa_code }))).status;
}

describe('guessing at several instances of the application', () => {
  it('[B-12] [T10] counts as at one, however the guesses are spread', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 7; index++) statuses.push(await guess(instances.all[index % 3]!));
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429, 429]);
    for (const instance of instances.all) {
      const mfa_code = await rightCode(instance, 'bob');
      expect((await denied(instance, () => instance.client.login('bob', { mfa_code }))).status).toBe(429);
    }
  });

  it('[B-12] forgets nothing at a restart', async () => {
    for (let index = 0; index < 4; index++) expect(await guess(instances.all[0]!)).toBe(400);
    await instances.all.shift()!.close();
    const restarted = await instances.boot();
    expect([await guess(restarted), await guess(restarted)]).toEqual([400, 429]);
    expect(await rowOf(restarted, 'bob')).toMatchObject({ codeFailures: 5 });
  });
});

describe('instances whose clocks differ', () => {
  /** Another instance on the same database, some seconds ahead. */
  async function ahead(seconds: number): Promise<BootedApp> {
    const clock = new TestClock();
    clock.advance(seconds);
    return instances.boot({ clock });
  }

  it('[B-21] take the codes of one another while they differ by seconds', async () => {
    const early = await ahead(-2);
    const mfa_code = await rightCode(instances.all[0]!, 'bob');
    expect(await early.client.token('bob', { mfa_code })).toBeTypeOf('string');
  });

  it('[B-21] refuse, and do not fail, when the row comes from the future', async () => {
    const late = await ahead(2 * 86_400);
    const now = instances.all[0]!;
    for (let index = 0; index < 5; index++) expect(await guess(late)).toBe(400);
    const mfa_code = await rightCode(now, 'bob');
    expect((await denied(now, () => now.client.login('bob', { mfa_code }))).status).toBe(429);
    expect((await late.client.login('bob')).status).toBe(200);
    expect((await now.client.login('bob')).body).toEqual(prompted('sms'));
  });

  it('[B-21] take no code again that an instance ahead of them has taken', async () => {
    const late = await ahead(30);
    const now = instances.all[0]!;
    const mfa_code = await rightCode(late, 'bob');
    expect(await late.client.token('bob', { mfa_code })).toBeTypeOf('string');
    await denied(now, () => now.client.login('bob', { mfa_code }));
    expect(await now.client.token('bob', { mfa_code: await rightCode(now, 'bob') })).toBeTypeOf('string');
  });
});
