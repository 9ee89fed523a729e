import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from './support/boot-app.js';
import { enrolledByRow, rightCode, wrongCode } from './support/factor-rows.js';
import { type LoginRoute, loginRoute } from './support/logins.js';

let booted: BootedApp;
beforeEach(async () => {
  booted = await bootApp();
  await enrolledByRow(booted, 'bob');
});
afterEach(() => booted.close());

/** The module's own statements during a request, each as its verb and its table. */
async function statementsOf(send: () => Promise<unknown>): Promise<string[]> {
  const before = booted.statements.length;
  await send();
  return booted.statements
    .slice(before)
    .map(({ sql }) => `${/^\w+/.exec(sql)?.[0]} ${/"(mfa_\w+)"/.exec(sql)?.[1] ?? '?'}`);
}

const READ = 'SELECT mfa_multi_factor_auth';
const WRITE = 'UPDATE mfa_multi_factor_auth';
const OPEN = 'INSERT mfa_session';
const CLIENT = 'SELECT mfa_oauth_client';

describe('the statements of a login', () => {
  let authtoken: LoginRoute;
  let oauth2: LoginRoute;
  beforeEach(async () => {
    authtoken = await loginRoute(booted, 'authtoken');
    oauth2 = await loginRoute(booted, 'oauth2');
  });

  it('are four with a right code: read, spend an attempt, write the next state, open the session', async () => {
    const mfa_code = await rightCode(booted, 'bob');
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code }))).toEqual([READ, WRITE, WRITE, OPEN]);
  });

  it('are those four behind the row of the client over OAuth2', async () => {
    const mfa_code = await rightCode(booted, 'bob');
    expect(await statementsOf(() => oauth2.send('bob', { mfa_code }))).toEqual([CLIENT, READ, WRITE, WRITE, OPEN]);
  });

  it('are two with a wrong code, one with a code that is none, and none with a wrong password', async () => {
    const mfa_code = await wrongCode(booted, 'bob');
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code }))).toEqual([READ, WRITE]);
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code: 'none' }))).toEqual([READ]);
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code, password: 'wrong' }))).toEqual([]);
  });

  it('are one during a lock', async () => {
    const mfa_code = await wrongCode(booted, 'bob');
    for (let failures = 0; failures < 5; failures++) await authtoken.send('bob', { mfa_code });
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code }))).toEqual([READ]);
  });

  it('are two without MFA, and two where a message is sent', async () => {
    expect(await statementsOf(() => authtoken.send('alice'))).toEqual([READ, OPEN]);
    expect(await statementsOf(() => authtoken.send('bob'))).toEqual([READ, WRITE]);
  });
});
