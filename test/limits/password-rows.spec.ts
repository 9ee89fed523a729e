import { afterAll, beforeAll, expect, it } from 'vitest';
import { MfaRateLimit, Upkeep } from '../../src/index.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { addressIn, BEHIND_PROXY, from, sent } from '../support/guesses.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

await describeOnEach('the rows of wrong passwords', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let login: LoginRoute;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, BEHIND_PROXY);
    booted = instances.all[0]!;
    login = await loginRoute(booted, 'authtoken');
  });
  afterAll(() => instances.close());

  const rows = () => booted.database.getRepository(MfaRateLimit).count();
  const guess = async (name: string, network: number) =>
    (await sent(booted, from(addressIn(network), login.request('bob', { username: name, password: 'guess' })))).status;

  /** The rows that so many guesses make. */
  async function rowsOf(guesses: (() => Promise<number>)[]): Promise<number> {
    const before = await rows();
    for (const one of guesses) expect(await one()).toBe(400);
    return (await rows()) - before;
  }

  it('[X-12] are two for each new name, and one for the network', async () => {
    const names = Array.from({ length: 20 }, (_, index) => () => guess(`name-${index}`, 1));
    expect(await rowsOf(names)).toBe(2 * 20 + 1);
    expect(await rowsOf(names.slice(0, 5))).toBe(0);
    // An hour after the allowance of the name from the network is whole again.
    booted.clock.advance(3600 + 120);
    await booted.app.get(Upkeep).purge();
    expect(await rows()).toBe(0);
  });

  it('[X-12] keep what a network has paid for a name: a purge after the allowance is whole changes nothing', async () => {
    for (let index = 0; index < 50; index++) expect(await guess(`paid-${index}`, 2)).toBe(400);
    expect(await guess('one more', 2)).toBe(429);
    booted.clock.advance(500);
    await booted.app.get(Upkeep).purge();
    // Names that were paid for cost no more, however often they are wrong, and new ones do.
    for (let index = 0; index < 50; index++) expect(await guess(`paid-${index}`, 2)).toBe(400);
    for (let index = 50; index < 100; index++) expect(await guess(`paid-${index}`, 2)).toBe(400);
    expect(await guess('one more', 2)).toBe(429);
  });

  it('[X-12] let a name be paid for again after an hour, also where a right password came between', async () => {
    const spend = async () => {
      for (let index = 0; index < 49; index++) expect(await guess(`spent-${index}`, 3)).toBe(400);
      return [await guess('bob', 3), await guess('one more', 3)];
    };
    expect(await spend()).toEqual([400, 429]);
    const right = await sent(booted, from(addressIn(4), login.request('alice')));
    expect(right.status).toBe(200);
    booted.clock.advance(3599);
    expect(await guess('bob', 3)).toBe(400);
    booted.clock.advance(1);
    expect(await spend()).toEqual([400, 429]);
  });

  it('[X-12] were written while the clock was ahead, and let a network pay now', async () => {
    booted.clock.advance(86_400);
    expect(await guess('ahead', 5)).toBe(400);
    booted.clock.advance(-86_400);
    // What was counted is put right: nothing is left, as at the most.
    expect(await guess('ahead', 5)).toBe(429);
    booted.clock.advance(3600);
    for (let index = 0; index < 49; index++) expect(await guess(`behind-${index}`, 5)).toBe(400);
    expect([await guess('ahead', 5), await guess('behind', 5)]).toEqual([400, 429]);
  });
});
