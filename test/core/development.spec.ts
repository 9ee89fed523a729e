import { HttpException } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { QueryFailedError } from 'typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { loginRoute } from '../support/logins.js';
import { openSession, requestPhone } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(async () => {
  vi.unstubAllEnvs();
  await booted.close();
});

const page = readFileSync('docs/troubleshooting.md', 'utf8').replaceAll(/\s+/g, ' ');
const lines = (part: string) => booted.log.filter((line) => line.includes(part));

describe.each(PLATFORMS)("an error of the application's own directory on %s", (platform) => {
  /** What the log has after logins of bob whose look-up fails. */
  async function failing(
    fail: (username: string, password?: string) => unknown,
    password = 'bob-password',
  ): Promise<string> {
    booted = await bootApp({ platform });
    const oauth = await loginRoute(booted, 'oauth2');
    booted.log.length = 0;
    Object.assign(booted.users, {
      findByUsername: (name: string) =>
        Promise.resolve(booted.users.all.find(({ username }) => username === name) ?? null),
      verifyPassword: (_: string, given: string) => Promise.reject(fail('bob', given)),
    });
    for (const send of [() => booted.client.login('bob', { password }), () => oauth.send('bob', { password })]) {
      expect((await send()).status).toBe(500);
    }
    return booted.log.join('\n');
  }

  it('[F-15] is logged with its message', async () => {
    const log = await failing(() => new TypeError("Cannot read properties of undefined (reading 'tenant')"));
    expect(log).toContain("TypeError: Cannot read properties of undefined (reading 'tenant')");
    expect(log.match(/reading 'tenant'/g)).toHaveLength(2);
    expect(page).toContain("`TypeError: Cannot read properties of undefined (reading 'tenant')`");
  });

  it('[F-15] is logged without it in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const log = await failing(() => new TypeError('the tenant is gone'));
    expect(log).toContain('TypeError');
    expect(log).not.toContain('tenant');
  });

  it.each<[string, string, (password: string) => string]>([
    ['as it is', 'correct horse', (password) => `no match for ${password}`],
    ['as JSON', 'a"b\\cé', (password) => `no match for ${JSON.stringify({ password })}`],
    ['in capital letters', 'Correct Horse', (password) => `NO MATCH: ${password.toUpperCase()}`],
    ['in another normal form', 'jose\u0301!', (password) => `no match for ${password.normalize('NFC')}`],
    ['with blanks between', 'abcd', (password) => `no match for ${[...password].join(' ')}`],
    ['that is short', '#7', (password) => `no match for ${password}`],
  ])('[F-15] never tells a password, %s', async (_, password, message) => {
    const log = await failing((__, given = '') => new Error(message(given)), password);
    expect(log).toContain('at ');
    expect(log.toLowerCase()).not.toContain('no match');
  });

  it.each<[string, () => Error]>([
    ['of a driver', () => new QueryFailedError('SELECT 1', ['hunter'], new Error('near hunter'))],
    ['of a driver, from another copy of TypeORM', () => Object.assign(new Error('near hunter'), { driverError: {} })],
    ['of a gateway', () => Object.assign(new Error('hunter answered'), { config: { data: 'hunter' } })],
    ['with a code', () => Object.assign(new Error('hunter is no number'), { code: '22P02' })],
    ['of HTTP', () => new HttpException('hunter', 500, { cause: Object.assign(new Error('hunter'), { code: 1 }) })],
    ['that is a text', () => 'hunter' as never],
  ])('[F-15] never tells the message of an error %s', async (_, error) => {
    expect(await failing(error)).not.toContain('near hunter');
    expect(lines('hunter')).toEqual([]);
  });

  it('[F-15] never tells what may be a code, a token or a hash, nor breaks a line', async () => {
    const secrets = ['918273', '+14085550101', 'dGhlIHRva2Vu0123-_', '$2b$10$N9qo8uLOickgx2ZMRZoMye'];
    const log = await failing(() => new Error(`a\n[AUDIT]\u2028b\u001b[31m ${secrets.join(', ')} c`));
    for (const secret of secrets) expect(log).not.toContain(secret.slice(0, 6));
    expect(log).toContain('Error: a [AUDIT] b [31m');
  });
});

describe('what a developer meets first and that has no error', () => {
  const PHONE = 'No message was sent to this user: the last code is still right (messages.cooldownSeconds).';
  const COUNTRY = 'A phone number was refused: its country is not in sms.allowedCountries.';
  const PASSWORD = 'A user without a `passwordHash` has tried a password, and was refused.';

  async function meetThem(): Promise<void> {
    booted = await bootApp({ mfa: { sms: { sender: () => Promise.resolve(), allowedCountries: ['US'] } } });
    await enrolledByRow(booted, 'bob');
    for (let logins = 0; logins < 3; logins++) await booted.client.login('bob');
    const token = await openSession(booted, 'alice');
    for (const phone of ['33612345678', '33612345679']) await requestPhone(booted, token, phone);
    Object.assign(booted.users.named('alice'), { passwordHash: null });
    for (let logins = 0; logins < 2; logins++) await booted.client.login('alice');
  }

  it('[F-15] is not told in production, of one user of many', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await meetThem();
    for (const line of [PHONE, COUNTRY, PASSWORD]) expect(lines(line)).toEqual([]);
  });

  it('[F-15] is told in the log, once, and quoted in docs/troubleshooting.md', async () => {
    await meetThem();
    for (const line of [PHONE, COUNTRY, PASSWORD]) {
      expect(lines(line)).toHaveLength(1);
      expect(page.replaceAll('``', '`').replaceAll('` A', 'A')).toContain(line);
    }
  });
});
