import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { knownBackupSet } from '../support/known-backup-set.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

const [HOME, HOUR] = [addressIn(60_000), 3600];
const BACKUP_CODE = '0123ABCD4567';
const backup = knownBackupSet([BACKUP_CODE, '7654DCBA3210']);
/** Wrong backup codes: the same one again would be no guess. */
const wrongBackup = (index: number) => ({ backup_code: `WR0NGWR0NG${10 + index}` });

await describeOnEach('an owner whose password somebody has,', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let login: LoginRoute;
  let networks = 0;
  beforeEach(async () => {
    instances = await bootInstancesOn(kind, 1, BEHIND_PROXY);
    [booted] = instances.all as [BootedApp];
    login = await loginRoute(booted, 'authtoken');
    await enrolledByRow(booted, 'bob', backup);
    await ask(HOME, { mfa_code: await rightCode(booted, 'bob') });
    booted.clock.advance(HOUR);
  });
  afterEach(() => instances.close());

  const ask = (address: string, more?: Record<string, string>) =>
    sent(booted, from(address, login.request('bob', more)));
  const elsewhere = (more?: Record<string, string>) => ask(addressIn(networks++), more);

  /** Signs in at home with a code from the phone. Gives the seconds that it took, or nothing after a minute. */
  async function ownLogin(): Promise<number | undefined> {
    for (let seconds = 0; seconds <= 60; seconds += 10, booted.clock.advance(10)) {
      await ask(HOME);
      const { body } = await ask(HOME, { mfa_code: booted.outbox.lastCode() });
      if (body['token'] !== undefined) return seconds;
    }
    return undefined;
  }

  it('[B-29] gets in within a minute where they have signed in from, whatever is done elsewhere for a day', async () => {
    const took: unknown[] = [];
    for (let round = 0; round < 72; round++) {
      await elsewhere();
      const mfa_code = await wrongCode(booted, 'bob');
      for (let guess = 0; guess < 6; guess++) await elsewhere({ mfa_code });
      if (round < 10) await elsewhere(wrongBackup(round));
      if (round % 18 === 17) took.push(await ownLogin());
      booted.clock.advance(20 * 60);
    }
    expect(took).toEqual(times(4, expect.any(Number)));
    for (let guess = 0; guess < 6; guess++) await elsewhere({ mfa_code: await wrongCode(booted, 'bob') });
    expect((await ask(HOME, { backup_code: BACKUP_CODE })).body['token']).toBeTypeOf('string');
    expect((await elsewhere()).body).toMatchObject({ mfa_required: true });
  });

  it('[B-29] is not slowed by codes and backup codes that are wrong elsewhere, and has fewer than both together', async () => {
    for (let guess = 0; guess < 5; guess++) await elsewhere({ mfa_code: await wrongCode(booted, 'bob') });
    expect((await elsewhere({ mfa_code: await rightCode(booted, 'bob') })).status).toBe(429);
    const statuses: number[] = [];
    for (let guess = 0; guess < 8; guess++) statuses.push((await elsewhere(wrongBackup(guess))).status);
    expect(statuses).toEqual([...times(7, 400), 429]);
    for (let guess = 0; guess < 4; guess++) statuses.push((await ask(HOME, wrongBackup(50 + guess))).status);
    expect(statuses.slice(8)).toEqual([...times(3, 400), 429]);
    const mfa_code = await wrongCode(booted, 'bob');
    for (let guess = 0; guess < 5; guess++) expect((await ask(HOME, { mfa_code })).status).toBe(400);
    expect((await ask(HOME, { mfa_code: await rightCode(booted, 'bob') })).status).toBe(429);
    booted.clock.advance(30);
    expect((await ask(HOME, { mfa_code: await rightCode(booted, 'bob') })).status).toBe(200);
  });

  it.each([
    ['wrong codes', async () => elsewhere({ mfa_code: await wrongCode(booted, 'bob') })],
    ['messages', () => elsewhere()],
  ])('[B-29] keeps MFA on when %s elsewhere have driven them to a backup code', async (_, press) => {
    for (let index = 0; index < 5; index++, booted.clock.advance(120)) await press();
    expect((await ask(HOME, { backup_code: BACKUP_CODE })).body['token']).toBeTypeOf('string');
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true });
    // The password alone opens nothing: it is asked for a code, or told that no message is left.
    expect((await elsewhere()).body['token']).toBeUndefined();
    expect((await ask(HOME, { backup_code: BACKUP_CODE })).status).toBe(400);
  });

  it('[B-29] turns MFA off with a backup code as documented when nobody has driven them to it', async () => {
    await ask(HOME);
    expect((await ask(HOME, { backup_code: BACKUP_CODE })).status).toBe(200);
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: false });
  });
});
