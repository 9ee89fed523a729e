import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { type AuthenticatorApp, addApp } from '../support/apps.js';
import { enrolledByRow, rightCode, wrongCode } from '../support/factor-rows.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';
import { kindsOf } from '../support/logs.js';

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
  return kindsOf(booted.statements.slice(before));
}

const READ = 'SELECT mfa_multi_factor_auth';
const WRITE = 'UPDATE mfa_multi_factor_auth';
const OPEN = 'INSERT mfa_session';
const CLIENT = 'SELECT mfa_oauth_client';
const LIMITS = 'SELECT mfa_rate_limit';
const TAKE = 'UPDATE mfa_rate_limit';
/** Around the password of a name that has signed in from this network. */
const PASSWORD = [LIMITS, TAKE];

/** A second factor in three: read the row, write the outcome over it, open the session. */
const FACTOR = [READ, WRITE, OPEN];

describe('the statements of a login', () => {
  let authtoken: LoginRoute;
  let oauth2: LoginRoute;
  beforeEach(async () => {
    authtoken = await loginRoute(booted, 'authtoken');
    oauth2 = await loginRoute(booted, 'oauth2');
    // The first login from here is what makes this network known.
    await authtoken.send('alice');
    await authtoken.send('bob', { mfa_code: await rightCode(booted, 'bob') });
  });

  it('are two for the password and three for a right code', async () => {
    const mfa_code = await rightCode(booted, 'bob');
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code }))).toEqual([...PASSWORD, ...FACTOR]);
  });

  it('are those behind the row of the client over OAuth2', async () => {
    const mfa_code = await rightCode(booted, 'bob');
    expect(await statementsOf(() => oauth2.send('bob', { mfa_code }))).toEqual([CLIENT, ...PASSWORD, ...FACTOR]);
  });

  it('are two for a wrong code, one for a code that is none, and none of the factor for a wrong password', async () => {
    const mfa_code = await wrongCode(booted, 'bob');
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code }))).toEqual([...PASSWORD, READ, WRITE]);
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code: 'none' }))).toEqual([...PASSWORD, READ]);
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code, password: 'wrong' }))).toEqual([
      ...PASSWORD,
      LIMITS,
    ]);
  });

  it('are one for the factor during a lock', async () => {
    const mfa_code = await wrongCode(booted, 'bob');
    for (let failures = 0; failures < 5; failures++) await authtoken.send('bob', { mfa_code });
    expect(await statementsOf(() => authtoken.send('bob', { mfa_code }))).toEqual([...PASSWORD, READ]);
  });

  it('are one where passwords are slowed', async () => {
    const wrong = { password: 'wrong' };
    for (let failures = 0; failures < 10; failures++) await authtoken.send('bob', wrong);
    expect(await statementsOf(() => authtoken.send('bob', wrong))).toEqual([LIMITS]);
  });

  it('are two beside the password without MFA, and four where a message is sent', async () => {
    expect(await statementsOf(() => authtoken.send('alice'))).toEqual([...PASSWORD, READ, OPEN]);
    await authtoken.send('bob');
    booted.clock.advance(60);
    // The destination in an hour and in a day, the network, and the country: read in one statement, taken in another.
    expect(await statementsOf(() => authtoken.send('bob'))).toEqual([...PASSWORD, READ, WRITE, LIMITS, TAKE]);
    booted.clock.advance(120);
    expect((await statementsOf(() => authtoken.send('bob'))).length).toBeLessThanOrEqual(8);
  });
});

describe('the statements of a login in two calls', () => {
  const MFA = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Example Bank' } };
  const verify = (json: object) => booted.client.post('/mfa/login/verify/', { json });

  /** A user with so many apps, who has signed in from here. */
  async function signInWith(count: number): Promise<string[]> {
    await booted.close();
    booted = await bootApp({ mfa: MFA });
    let token = await booted.client.token('alice');
    const apps = [];
    for (let made = 0; made < count; made++) apps.push(await addApp(booted, token));
    const [app] = apps as [AuthenticatorApp];
    const login = async () => (await booted.client.login('alice')).body['mfa_token'];
    token = String((await verify({ mfa_token: await login(), code: app.code() })).body['token']);
    booted.clock.advance(60);
    const prompt = await statementsOf(login);
    const mfa_token = await login();
    const proof = await statementsOf(() => verify({ mfa_token, code: app.code() }));
    expect((await booted.client.get('/mfa/', { token })).status).toBe(200);
    return [...prompt, '|', ...proof];
  }

  it('are six with an authenticator app, and one more factor costs none', async () => {
    const statements = [...PASSWORD, READ, '|', READ, WRITE, OPEN];
    expect((await signInWith(1)).toSorted()).toEqual(statements.toSorted());
    expect((await signInWith(5)).toSorted()).toEqual(statements.toSorted());
  });
});
