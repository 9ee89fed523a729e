import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';
import { par } from '../support/par.js';

let booted: BootedApp;
beforeEach(async () => {
  booted = await bootApp();
});
afterEach(() => booted.close());

describe.each(LOGIN_NAMES)('what belongs to a login over %s', (name) => {
  let login: LoginRoute;
  beforeEach(async () => {
    login = await loginRoute(booted, name);
  });

  /** The parts of a login without some of its fields. */
  function without(fields: string[], more: Record<string, string>) {
    const { path, headers, json, form } = login.request('bob', more);
    const kept = (all: object) => Object.fromEntries(Object.entries(all).filter(([field]) => !fields.includes(field)));
    const body = kept((json ?? form) as object) as Record<string, string>;
    return booted.client.post(path, { headers, ...(json ? { json: body } : { form: body }) });
  }

  it('[S-03] [T2] takes no code in place of a password, nor of a name', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const messages = booted.outbox.count;
    await denied(booted, () => without(['username', 'password'], { mfa_code }));
    await denied(booted, () => without(['password'], { mfa_code }));
    await denied(booted, () => login.send('bob', { mfa_code, password: '' }));
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
    expect(booted.outbox.count).toBe(messages);
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
  });

  it('[S-04] [T20] keeps a right code unspent and untold behind a wrong password', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const messages = booted.outbox.count;
    const plain = await denied(booted, () => login.send('bob', { password: 'wrong' }));
    const withCode = await denied(booted, () => login.send('bob', { password: 'wrong', mfa_code }));
    expect([withCode.status, withCode.text]).toEqual([plain.status, plain.text]);
    expect(booted.outbox.count).toBe(messages);
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
  });

  it('[S-05] takes one of two codes at a time, and spends neither when both come', async () => {
    await enrolled(booted, 'bob');
    const token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    const recovery = await booted.client.get('/mfa/recovery/', { token });
    booted.clock.advance(3600);
    const backup_code = String(recovery.body['backup_code']);
    const mfa_code = await codeByLogin(booted, 'bob');
    const both = await denied(booted, () => login.send('bob', { mfa_code, backup_code }));
    expect(both.status).toBe(400);
    expect(both.text).toContain('Login does not take both a verification and backup code.');
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
    expect(login.token(await login.send('bob', { backup_code }))).toBeTypeOf('string');
  });

  it('[S-06] takes no code of another user, which stays right for its own', async () => {
    await enrolled(booted, 'bob');
    await enrolled(booted, 'dave');
    const mfa_code = await codeByLogin(booted, 'bob');
    await denied(booted, () => login.send('dave', { mfa_code }));
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
  });

  it('[S-06] takes no code of another user with the same phone', async () => {
    booted.users.add('erin');
    booted.users.add('finn');
    await enrolledByRow(booted, 'erin');
    await enrolledByRow(booted, 'finn');
    const mfa_code = await codeByLogin(booted, 'erin');
    await denied(booted, () => login.send('finn', { mfa_code }));
    expect(login.token(await login.send('erin', { mfa_code }))).toBeTypeOf('string');
  });

  it('[S-15] knows a login by its name and password alone, whoever else the body speaks of', async () => {
    await enrolled(booted, 'bob');
    await enrolled(booted, 'dave');
    const ofDave = await codeByLogin(booted, 'dave');
    const dave = String(booted.users.named('dave').id);
    for (const field of ['user', 'user_id', 'userId', 'id']) {
      const refused = await denied(booted, () => login.send('bob', { mfa_code: ofDave, [field]: dave }));
      expect(refused.status).toBe(400);
    }
    expect(login.token(await login.send('dave', { mfa_code: ofDave }))).toBeTypeOf('string');
  });

  it('[S-16] [T23] takes the same login with a code once, and no other code of its time', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
    await denied(booted, () => login.send('bob', { mfa_code }));
    booted.clock.advance(29);
    await denied(booted, () => login.send('bob', { mfa_code }));
  });

  it('[S-18] lets one of twenty identical logins in', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const answers = await par([booted], 20, () => login.request('bob', { mfa_code }));
    expect(answers.filter((answered) => login.token(answered) !== undefined)).toHaveLength(1);
  });

  it('[S-08] refuses an inactive user like an unknown one, and sends nothing', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const unknown = await login.send('nobody', { password: 'bob-password' });
    const messages = booted.outbox.count;
    booted.users.named('bob').active = false;
    for (const more of [{}, { mfa_code }, { backup_code: 'ABCDEFGH1234' }] as Record<string, string>[]) {
      const refused = await denied(booted, () => login.send('bob', more));
      expect([refused.status, refused.text]).toEqual([unknown.status, unknown.text]);
    }
    expect(booted.outbox.count).toBe(messages);
  });
});

describe('side doors to managing MFA', () => {
  const ROUTES = [
    ['GET', '/mfa/'],
    ['DELETE', '/mfa/'],
    ['GET', '/mfa/recovery/'],
  ] as const;

  it.each(ROUTES)('[S-07] opens no route to a password or a cookie: %s %s', async (method, path) => {
    await enrolled(booted, 'bob');
    const basic = Buffer.from('bob:bob-password').toString('base64');
    const byPassword = await denied(booted, () =>
      booted.client.request(method, path, { token: basic, scheme: 'Basic' }),
    );
    expect(byPassword.status).toBe(401);
    const challenged = await booted.client.login('bob');
    expect(challenged.headers.getSetCookie()).toEqual([]);
    const cookie = 'sessionid=bob; token=bob; connect.sid=bob';
    const byCookie = await denied(booted, () => booted.client.request(method, path, { headers: { cookie } }));
    expect(byCookie.status).toBe(401);
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true });
  });
});
