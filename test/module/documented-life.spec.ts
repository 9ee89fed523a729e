import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';

describe.each(PLATFORMS)('the documented life of MFA on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('is enabled, asked for at login, recovered from and disabled', async () => {
    booted = await bootApp({ platform });
    const { client } = booted;
    const token = await enrolled(booted, 'bob');
    expect((await client.get('/mfa', { token })).status).toBe(401); // idle for an hour
    const code = await codeByLogin(booted, 'bob');
    const fresh = await client.token('bob', { mfa_code: code });
    expect((await client.get('/mfa/', { token: fresh })).body).toEqual({
      enabled: true,
      challenge_type: 'sms',
      phone_number: '14085550101',
    });
    const { body } = await client.get('/mfa/recovery/', { token: fresh });
    expect(body['backup_code']).toHaveLength(12);
    expect((await client.get('/app/vault', { token: fresh })).body).toEqual({ username: 'bob' });
    const last = await client.token('bob', { backup_code: body['backup_code'] });
    expect((await client.get('/mfa', { token: last })).body).toEqual({
      enabled: false,
      challenge_type: '',
      phone_number: '',
    });
    expect((await client.delete('/mfa/', { token: last })).body).toMatchObject({ code: 'mfa_disabled' });
  });
});
