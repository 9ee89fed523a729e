import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { randomKey } from '../../src/crypto/randomness.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { compileSources } from '../support/compiled-sources.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';

const [OLD, YOUNG] = [randomKey().toString('base64'), randomKey().toString('base64')];
const [oldId, youngId] = new KeyRing([OLD, YOUNG]).ids;

/** The root module of an application, as its build would have it. */
const APPLICATION = `
  import 'reflect-metadata';
  import { Module } from '@nestjs/common';
  import { TypeOrmModule } from '@nestjs/typeorm';
  import { MfaModule, UserDirectory } from './src/index.js';

  class Users extends UserDirectory {
    hashPassword = async () => '';
  }
  class UsersModule {}
  Module({ providers: [Users], exports: [Users] })(UsersModule);

  export class AppModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ type: 'better-sqlite3', database: process.env.DATABASE, autoLoadEntities: true }),
      MfaModule.forRoot({ imports: [UsersModule], users: Users, keys: process.env.MFA_KEYS.split(',') }),
    ],
  })(AppModule);
`;

describe('the command nestjs-mfa', () => {
  let folder: string;
  let database: string;
  beforeAll(async () => {
    folder = await compileSources();
    await writeFile(join(folder, 'app.module.js'), APPLICATION);
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    database = join(folder, `${randomKey(4).toString('hex')}.sqlite`);
    const old = await bootOn(OLD);
    for (const username of ['alice', 'bob', 'dave']) await enrolledByRow(old, username);
    await old.close();
  });

  const bootOn = (...keys: string[]): Promise<BootedApp> =>
    bootApp({ database: { type: 'better-sqlite3', database }, mfa: { keys } });

  /** Runs it as a person would, and gives what it said and its exit code. */
  function run(keys: string[], ...args: string[]): Promise<{ said: string; complaints: string; code: number | null }> {
    const child = spawn(process.execPath, [join(folder, 'src/cli.js'), ...args], {
      env: { PATH: process.env['PATH'], DATABASE: database, MFA_KEYS: keys.join() },
      cwd: folder,
    });
    const answer = { said: '', complaints: '' };
    child.stdout.on('data', (text: Buffer) => (answer.said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (answer.complaints += text.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ ...answer, code })));
  }

  it('rotates the keys of an application on its own database, and says how far it has come', async () => {
    const { said, complaints, code } = await run([YOUNG, OLD], 'rotate-keys', 'app.module.js', '--batch', '2');
    expect([said.trim().split('\n'), complaints, code]).toEqual([
      [
        "2 rows, 2 resealed, 0 left; continue with --after '2'",
        "3 rows, 3 resealed, 0 left; continue with --after '4'",
        'Done: 3 rows, 3 resealed, 0 left.',
      ],
      '',
      0,
    ]);
    const young = await bootOn(YOUNG);
    await young.client.token('bob', { mfa_code: await rightCode(young, 'bob') });
    await young.close();
  });

  it('goes on after a user, and says which keys are still needed', async () => {
    await run([YOUNG, OLD], 'rotate-keys', './app.module.js', '--after', '2', '--export', 'AppModule');
    expect((await run([YOUNG, OLD], 'key-report', 'app.module.js')).said.trim().split('\n').toSorted()).toEqual(
      [`${youngId} (first): 1 rows`, `${oldId}: 2 rows`].toSorted(),
    );
    await run([YOUNG, OLD], 'rotate-keys', 'app.module.js');
    expect((await run([YOUNG, OLD], 'key-report', 'app.module.js')).said).toBe(
      `${youngId} (first): 3 rows\n${oldId}: no row needs it\n`,
    );
  });

  it('fails when rows are left, because their key is gone', async () => {
    const { said, code } = await run([YOUNG], 'rotate-keys', 'app.module.js');
    expect([said.trim().split('\n').at(-1), code]).toEqual(['Done: 3 rows, 0 resealed, 3 left.', 1]);
  });

  it.each([
    [['rotate-keys']],
    [['constructor', 'app.module.js']],
    [['rotate-keys', 'app.module.js', '--batch', '0']],
    [['rotate-keys', 'app.module.js', '--force']],
  ])('says how it is used when it is called with %j', async (args) => {
    const { said, complaints, code } = await run([OLD], ...args);
    expect([said, code]).toEqual(['', 2]);
    expect(complaints).toContain('Usage: nestjs-mfa <command> <file of your root module>');
  });

  it('says what is wrong with the file or the application, and shows no key', async () => {
    const unnamed = await run([OLD], 'rotate-keys', 'app.module.js', '--export', 'Other');
    expect([unnamed.code, unnamed.complaints]).toEqual([1, expect.stringContaining('exports no Other')]);
    const keyless = await run([OLD, 'secret'], 'rotate-keys', 'app.module.js');
    expect([keyless.code, keyless.complaints]).toEqual([1, expect.stringContaining('`keys[1]` is not a random key')]);
    expect(keyless.complaints).not.toContain(OLD);
  });
});
