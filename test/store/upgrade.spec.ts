import type { INestApplication } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mfaMigrations } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import {
  DATABASE_KINDS,
  type DatabaseKind,
  describeOnEach,
  makeDatabase,
  type TestDatabase,
} from '../support/databases.js';
import { codeByLogin } from '../support/enrolled.js';
import { OAuthCaller, tokensOf } from '../support/oauth.js';
import { TestClock } from '../../src/testing.js';

/** What clients hold of the rows in first-generation.sql. */
const TOKEN = 'zF_NSKqRo6vl_uSNFmmkhDuWeoRmJ64_adEp5MpjUqc';
const BACKUP_CODE = '5E5PT11WFNW5';
const CLIENT = ['564100c6-ebe6-4ab5-ba1a-33a1a35fb58b', 'ToLzXJmTYcs9W9Dt68XXIyWk1ohmHdNcMtd1ljjFU-g'] as const;
const REFRESH = 'cxrT0-2OTC-qSumYh4V6-HHW3NScnqyhOfMBVe-OWaM.CjRRCgrKHARBKMxiRZ97Tkpox79ZByZxO9ksJfOZCWk';

/** The migrations of the first version, and how many came later. */
const FIRST = mfaMigrations().slice(0, 5);
const LATER = mfaMigrations().length - FIRST.length;

let database: TestDatabase;
let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
  await database.drop();
});

async function migrate(migrations = mfaMigrations()): Promise<string[]> {
  return within(async (source) => (await source.runMigrations()).map(({ name }) => name), migrations);
}

async function within<T>(work: (source: DataSource) => Promise<T>, migrations = mfaMigrations()): Promise<T> {
  const source = await new DataSource({ ...database.options, migrations }).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

async function addRows(source: DataSource): Promise<void> {
  const dump = await readFile(new URL('first-generation.sql', import.meta.url), 'utf8');
  for (const insert of dump.match(/^INSERT .*$/gm)!) await source.query(insert);
}

/** The application of today, minutes after these rows were written. */
async function start(): Promise<BootedApp> {
  const clock = new TestClock();
  clock.advance(300);
  const mfa = { backupCodes: { count: 3, onUse: 'keep' } } as const;
  await app?.close();
  const setUp = (made: INestApplication) => void (app = made);
  return bootApp({ database: database.options, keepTables: true, clock, mfa, setUp });
}

/** Everything that the user of these rows had must go on. */
async function expectToGoOn(booted: BootedApp): Promise<void> {
  const { client } = booted;
  const status = { enabled: true, challenge_type: 'sms', phone_number: '14085550199' };
  expect((await client.get('/mfa/', { token: TOKEN })).body).toEqual(status);
  expect((await client.get('/app/vault', { token: TOKEN })).body).toEqual({ username: 'alice' });
  const refreshed = tokensOf(await new OAuthCaller(client, ...CLIENT).refresh(REFRESH));
  const { status: opened } = await client.get('/app/me', { token: refreshed.access, scheme: 'Bearer' });
  expect(opened).toBe(200);
  const mfa_code = await codeByLogin(booted, 'alice');
  expect((await client.login('alice', { mfa_code })).status).toBe(200);
  expect((await client.login('alice', { mfa_code })).status).toBe(400);
  expect((await client.login('alice', { backup_code: BACKUP_CODE })).status).toBe(200);
  expect((await client.login('alice', { backup_code: BACKUP_CODE })).status).toBe(400);
}

await describeOnEach('an upgrade', DATABASE_KINDS, (kind: DatabaseKind) => {
  beforeEach(async () => {
    database = await makeDatabase(kind, 'upgrade');
    await migrate(FIRST);
  });

  it('signs nobody out, and every factor, backup code and refresh token works once more and once only', async () => {
    await within(addRows);
    await expect(start()).rejects.toThrow('has no column `used_tokens`');
    expect(await migrate()).toHaveLength(LATER);
    await expectToGoOn(await start());
  });

  it('may begin while instances of the version before still add rows', async () => {
    expect(await migrate()).toHaveLength(LATER);
    await within(addRows);
    await expectToGoOn(await start());
  });

  it('goes on where a try failed after a column was added', async () => {
    await within(addRows);
    await migrate();
    await within((source) => source.query(`DELETE FROM migrations WHERE name LIKE '%179584140000%'`));
    expect(await migrate()).toHaveLength(2);
    await expectToGoOn(await start());
  });

  it('can be taken back, and what was there before stays', async () => {
    await within(addRows);
    await migrate();
    await within(async (source) => {
      for (let undone = 0; undone < LATER; undone++) await source.undoLastMigration();
      const rows = await source.query<Record<string, unknown>[]>('SELECT * FROM mfa_session ORDER BY signed_in_at');
      expect(rows.map((row) => row['client_id'])).toEqual([null, CLIENT[0]]);
      expect(rows[0]).not.toHaveProperty('only_recovers');
    });
    await migrate();
    await expectToGoOn(await start());
  });
});
