import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaSession, MultiFactorAuth, MultiFactorAuthService } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { rightCode } from '../support/factor-rows.js';
import { holdReads } from '../support/hold-reads.js';
import { bootInstances } from '../support/instances.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';
import { par } from '../support/par.js';
import { prompted } from '../support/prompted.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(LOGIN_NAMES)('the flow of a login over %s', (name) => {
  let login: LoginRoute;
  beforeEach(async () => {
    booted = await bootApp();
    login = await loginRoute(booted, name);
  });

  it('[S-01] [T1] [T16] [T27] gives no token before the factor', async () => {
    await enrolled(booted, 'bob');
    const sessions = booted.database.getRepository(MfaSession);
    const [before, messages] = [await sessions.count(), booted.outbox.count];
    const { status, body, headers } = await login.send('bob');
    expect(status).toBe(200);
    expect(body).toEqual(prompted('sms'));
    expect(headers.get('set-cookie')).toBeNull();
    expect(await sessions.count()).toBe(before);
    expect(booted.outbox.count).toBe(messages + 1);
  });

  it('[S-12] takes a factor that was requested and never confirmed for none', async () => {
    const token = await booted.client.token('alice');
    await booted.client.put('/mfa/sms/request/', { token, json: { phone_number: '14085550199' } });
    const mfa_code = booted.outbox.lastCode();
    const plain = await login.send('alice');
    expect(login.token(plain)).toBeTypeOf('string');
    const withPending = login.token(await login.send('alice', { mfa_code }));
    expect((await booted.client.get('/mfa/', { token: String(withPending) })).body).toMatchObject({ enabled: false });
    const vault = await booted.client.get('/app/vault', { token: String(withPending) });
    expect(vault.status).toBe(401);
    expect(booted.outbox.count).toBe(1);
  });

  it('[S-13] ignores a code while MFA is off, and makes no row and no message of it', async () => {
    const answered = await login.send('alice', { mfa_code: '123456' });
    expect(login.token(answered)).toBeTypeOf('string');
    expect(await booted.database.getRepository(MultiFactorAuth).count()).toBe(0);
    expect(booted.outbox.count).toBe(0);
  });

  it('[S-19] refuses a code after its time, in the words for a wrong one', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const wrong = await denied(booted, () =>
      login.send('bob', { mfa_code: mfa_code === '111111' ? '222222' : '111111' }),
    );
    booted.clock.advance(60);
    const late = await denied(booted, () => login.send('bob', { mfa_code }));
    expect([late.status, late.text]).toEqual([wrong.status, wrong.text]);
  });

  it('[S-20] refuses a right code when the password was changed between the two calls', async () => {
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const bob = booted.users.named('bob');
    bob.passwordHash = await booted.users.hashPassword('another password');
    const messages = booted.outbox.count;
    const answered = await denied(booted, () => login.send('bob', { mfa_code }));
    const unknown = await login.send('nobody');
    expect([answered.status, answered.text]).toEqual([unknown.status, unknown.text]);
    expect(booted.outbox.count).toBe(messages);
  });
});

describe('what a login was decided on, and changed before it was used', () => {
  it('[S-10] leaves no token alive that was given without a factor, once MFA is on', async () => {
    const instances = await bootInstances(3);
    booted = { ...instances.all[0]!, close: instances.close };
    const token = await booted.client.token('alice');
    await booted.client.put('/mfa/sms/request/', { token, json: { phone_number: '14085550199' } });
    const login = await loginRoute(booted, 'authtoken');
    const verify = {
      method: 'PUT',
      path: '/mfa/sms/verify/',
      headers: { authorization: `Token ${token}` },
      json: { mfa_code: booted.outbox.lastCode() },
    };
    // All decide on MFA off, and insert their sessions before and after it is turned on.
    holdReads(
      instances.all.map(({ database }) => database),
      30,
    );
    const answers = await par(instances.all, 30, (index) => (index === 15 ? verify : login.request('alice')));
    expect(answers[15]!.status).toBe(200);
    const given = answers.map((answered) => login.token(answered)).filter((one) => one !== undefined);
    expect(given).toHaveLength(29);
    for (const one of given) {
      expect((await booted.client.get('/mfa/', { token: one })).status).toBe(401);
    }
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: true });
  });

  it('[S-20] ends the sessions of before when the application says that the password was changed', async () => {
    booted = await bootApp();
    const oauth = await loginRoute(booted, 'oauth2');
    await enrolled(booted, 'bob');
    const token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    const { body } = await oauth.send('bob', { mfa_code: await rightCode(booted, 'bob') });
    await booted.app.get(MultiFactorAuthService).endSessions(String(booted.users.named('bob').id));

    await denied(booted, () => booted.client.get('/mfa/', { token }));
    await denied(booted, () => booted.client.get('/mfa/', { token: String(body['access_token']) }));
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    const { path, headers } = oauth.request('bob');
    await denied(booted, () => booted.client.post(path, { headers, form: refresh }));
    expect((await booted.client.login('bob')).body).toMatchObject({ mfa_required: true });
  });
});
