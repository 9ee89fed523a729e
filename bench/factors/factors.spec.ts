import { afterAll, beforeAll, expect, it } from 'vitest';
import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import { note } from '../../test/processes/rounds.js';
import { addApp, type AuthenticatorApp } from '../../test/support/apps.js';
import { type BootedApp, bootApp } from '../../test/support/boot-app.js';
import { describeOnEach, makeMigrated, type TestDatabase } from '../../test/support/databases.js';
import { figureOf } from '../figures.js';

const USERS = 20;
const [WARM_UP, TURNS] = [5, 35];
const BOUND = 1.1;

/** A user with some authenticator apps, of which the first signs in. */
interface Person {
  name: string;
  app: AuthenticatorApp;
}

await describeOnEach('a login in two calls', ['sqlite', 'postgres'], (kind) => {
  let database: TestDatabase;
  let booted: BootedApp;
  beforeAll(async () => {
    database = await makeMigrated(kind, 'factors');
    const mfa = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Example Bank' } };
    booted = await bootApp({ database: database.options, keepTables: true, mfa });
  });
  afterAll(async () => {
    await booted.close();
    await database.drop();
  });

  it('is hardly slower with five factors than with one', async (context) => {
    const groups = { one: await people('one', 1), five: await people('five', 5) };
    const times = { one: [] as number[], five: [] as number[] };
    for (let turn = 0; turn < WARM_UP + TURNS; turn++) {
      for (let index = 0; index < USERS; index++) {
        // In turns, and the first one in turns too: what else the machine does slows both alike.
        const order = index % 2 === 0 ? (['one', 'five'] as const) : (['five', 'one'] as const);
        for (const group of order) {
          const took = await signIn(groups[group][index]!);
          if (turn >= WARM_UP) times[group].push(took);
        }
      }
      booted.clock.advance(60);
    }
    const [one, five] = [figureOf(times.one).median, figureOf(times.five).median];
    note(context, {
      'logins of each': times.one.length,
      'p50 with one factor and with five, ms': `${one.toFixed(2)} and ${five.toFixed(2)}`,
      'ratio of the p50s': (five / one).toFixed(3),
    });
    expect(five).toBeLessThanOrEqual(BOUND * one);
  });

  async function people(group: string, factors: number): Promise<Person[]> {
    const all: Person[] = [];
    while (all.length < USERS) {
      const name = `${group}-${all.length}`;
      booted.users.add(name);
      const token = await booted.client.token(name);
      const apps: AuthenticatorApp[] = [];
      while (apps.length < factors) apps.push(await addApp(booted, token));
      all.push({ name, app: apps[0]! });
    }
    return all;
  }

  /** Milliseconds of both calls. */
  async function signIn({ name, app }: Person): Promise<number> {
    const { client } = booted;
    const code = app.code();
    const began = performance.now();
    const { body } = await client.login(name);
    const { status } = await client.post('/mfa/login/verify/', { json: { mfa_token: body['mfa_token'], code } });
    const took = performance.now() - began;
    if (status !== 200) throw new Error(`${name} was answered with ${status}`);
    booted.statements.length = 0;
    return took;
  }
});
