import { afterEach, beforeEach, expect, it } from 'vitest';
import { PasswordOptions } from '../../src/index.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { times } from '../support/guesses.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { behindProxy, phoneInUS, pump, signUp } from '../support/newcomers.js';

const [HOUR, DAY] = [3600, 86_400];

await describeOnEach('a clock that was a day ahead, and was put right,', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  beforeEach(async () => {
    instances = await bootInstancesOn(kind, 1, {
      mfa: { passwords: { namesPerNetwork: 10 } },
      setUp: behindProxy,
    });
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

  it('[F-04] stops messages to a country for an hour, and no longer', async () => {
    await ahead(() => pump(booted, 51));
    const stopped = await signUp(booted, phoneInUS(0));
    expect([stopped.status, stopped.headers.get('retry-after')]).toEqual([429, String(HOUR)]);
    booted.clock.advance(HOUR);
    expect((await signUp(booted, phoneInUS(0))).status).toBe(200);
    // The stop has reset its counters, which count from now on.
    expect(await pump(booted, 60, 2000)).toEqual([...times(49, 200), ...times(11, 429)]);
  });

  it('[F-04] leaves a gateway alone that was down then for as long as it does now', async () => {
    const names = times(11, 0).map((_, index) => `user-${index}`);
    for (const name of names) {
      booted.users.add(name);
      await enrolledByRow(booted, name);
    }
    booted.outbox.before = () => Promise.reject(new TypeError('fetch failed'));
    await ahead(async () => {
      for (const name of names) expect((await booted.client.login(name)).status).toBe(503);
    });
    booted.outbox.before = () => Promise.resolve();
    expect((await login()).headers.get('retry-after')).toBe('5');
    booted.clock.advance(5);
    expect((await login()).body).toMatchObject({ mfa_required: true });
  });

  it('[F-04] charges a network for its wrong names again after an hour', async () => {
    const wrong = async (name: string) => (await booted.client.login(name, { password: 'wrong' })).status;
    await ahead(() => wrong('bob'));
    await wrong('bob');
    booted.clock.advance(HOUR);
    const statuses = [await wrong('bob')];
    for (let other = 1; other <= 10; other++) statuses.push(await wrong(`nobody-${other}`));
    expect(statuses).toEqual([...times(10, 400), 429]);
  });

  it('[F-04] knows a network for as long as it was to be known, from the next login on', async () => {
    const { knownNetworkDays } = new PasswordOptions();
    await ahead(() => booted.client.token('alice'));
    await booted.client.token('alice');
    const rows: { last: string | number }[] = await booted.database.query(
      'SELECT MAX(expires_at) AS last FROM mfa_rate_limit',
    );
    expect(Number(rows[0]!.last)).toBe(booted.clock.now().getTime() + knownNetworkDays * DAY * 1000);
  });
});
