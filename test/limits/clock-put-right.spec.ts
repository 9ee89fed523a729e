import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';

const DAY = 86_400;

await describeOnEach('a clock that was a day ahead, and was put right,', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  beforeEach(async () => {
    instances = await bootInstancesOn(kind, 1);
    [booted] = instances.all as [BootedApp];
    await enrolledByRow(booted, 'bob');
  });
  afterEach(() => instances.close());

  /** Does something while the clock is ahead. */
  async function ahead(what: () => Promise<unknown>): Promise<void> {
    booted.clock.advance(DAY);
    await what();
    booted.clock.advance(-DAY);
  }
  const login = (more?: Record<string, string>) => booted.client.login('bob', more);
  const waitOf = async (more?: Record<string, string>) => {
    const { status, headers } = await login(more);
    return status === 429 ? Number(headers.get('retry-after')) : 0;
  };

  it('[F-04] keeps no message from going out after its cooldown', async () => {
    await ahead(() => login());
    await login();
    booted.clock.advance(60);
    expect((await login()).body).toMatchObject({ mfa_required: true });
    expect(booted.outbox.count).toBe(2);
    expect((await login({ mfa_code: booted.outbox.lastCode() })).body['token']).toBeTypeOf('string');
  });

  it('[F-04] counts the messages of that time like those of now', async () => {
    await ahead(async () => {
      for (let sent = 0; sent < 3; sent++, booted.clock.advance(120)) await login();
      booted.clock.advance(-360);
    });
    for (let tries = 0; tries < 20; tries++, booted.clock.advance(120)) await login();
    expect(booted.outbox.count).toBe(3);
    booted.clock.advance(1200);
    await login();
    expect(booted.outbox.count).toBe(4);
  });

  it('[F-04] slows passwords for as long as their limits can, and no longer', async () => {
    await ahead(async () => {
      for (let wrong = 0; wrong < 3; wrong++) await login({ password: 'wrong' });
    });
    expect(await waitOf()).toBeLessThanOrEqual(60);
    booted.clock.advance(60);
    expect(await waitOf()).toBe(0);
  });

  it('[F-04] locks codes for as long as it locked them then', async () => {
    await ahead(async () => {
      for (let wrong = 0; wrong < 5; wrong++) await login({ mfa_code: await wrongCode(booted, 'bob') });
    });
    expect(await waitOf({ mfa_code: await rightCode(booted, 'bob') })).toBe(30);
    booted.clock.advance(30);
    expect(await waitOf({ mfa_code: await rightCode(booted, 'bob') })).toBe(0);
    expect((await rowOf(booted, 'bob')).factors[0]?.lastUsedAt).toEqual(booted.clock.now());
  });
});
