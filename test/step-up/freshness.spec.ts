import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { openSession } from '../support/own-mfa.js';
import { prompted } from '../support/prompted.js';

const CLAIMS = {
  amr: ['pwd', 'sms', 'mfa'],
  acr: '2',
  acr_values: '2',
  auth_time: 9_999_999_999,
  mfa_time: 9_999_999_999,
  factorProvenAt: '2099-01-01T00:00:00.000Z',
  factor_proven_at: 4_070_908_800_000,
  signedInAt: '2099-01-01T00:00:00.000Z',
  mfaSession: { factorProvenAt: '2099-01-01T00:00:00.000Z' },
  mfa_required: false,
};

describe('a route behind @RequireMfa()', () => {
  let booted: BootedApp;
  beforeEach(async () => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
  });
  afterEach(() => booted.close());

  const vault = (token: string, headers?: Record<string, string>): Promise<Answered> =>
    booted.client.get('/app/vault', { token, headers });

  it.each([{ factor_proven_at: null }, { factor_proven_at: null, amr: '' }, { factor_proven_at: 0 }])(
    '[T-09] stays shut for a session whose row says %j',
    async (columns) => {
      const token = await openSession(booted, 'bob');
      expect((await vault(token)).status).toBe(200);
      for (const [column, value] of Object.entries(columns)) {
        await booted.database.query(`UPDATE mfa_session SET ${column} = ?`, [value]);
      }
      const refused = await denied(booted, () => vault(token));
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain('insufficient_user_authentication');
    },
  );

  it('[T-10] is open for 299 s and for 300 s after the proof, and shut at 301 s', async () => {
    const token = await openSession(booted, 'bob');
    booted.clock.advance(299);
    expect((await vault(token)).status).toBe(200);
    booted.clock.advance(1);
    expect((await vault(token)).status).toBe(200);
    booted.clock.advance(1);
    const refused = await denied(booted, () => vault(token));
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="mfa", error="insufficient_user_authentication", max_age="300"',
    );
  });

  it('[T-10] is open again after a code for this, and not after one for a login', async () => {
    const token = await openSession(booted, 'bob');
    booted.clock.advance(301);
    const stepUp = (mfa_code: string) => booted.client.post('/mfa/step-up/', { token, json: { mfa_code } });
    await denied(booted, async () => stepUp(await rightCode(booted, 'bob', { purpose: 'login' })));
    await denied(booted, () => vault(token));
    expect((await stepUp(await rightCode(booted, 'bob', { purpose: 'step-up' }))).status).toBe(200);
    expect((await vault(token)).status).toBe(200);
  });

  it('[T-13] takes no claim from a request', async () => {
    const token = await openSession(booted, 'bob');
    booted.clock.advance(301);
    const headers = {
      amr: 'mfa',
      'x-amr': 'mfa',
      'x-acr-values': '2',
      'x-auth-time': '9999999999',
      date: 'Sun, 01 Mar 2026 12:00:00 GMT',
      'x-time': '1772366400',
    };
    const query = new URLSearchParams({ acr_values: '2', auth_time: '1', max_age: '99999' }).toString();
    expect((await vault(token, headers)).status).toBe(401);
    expect((await booted.client.get(`/app/vault?${query}`, { token, headers })).status).toBe(401);
  });

  it.each(LOGIN_NAMES)('[T-13] takes no claim from a login at %s', async (name) => {
    const claims = Object.fromEntries(Object.entries(CLAIMS).map(([key, value]) => [key, JSON.stringify(value)]));
    const login = await loginRoute(booted, name);
    const answered = await login.send('alice', claims);
    const token = String(login.token(answered));
    expect((await booted.client.get('/app/me', { token })).body).toEqual({ username: 'alice', amr: ['pwd'] });
    await denied(booted, () => vault(token));
    expect((await login.send('bob', claims)).body).toEqual(prompted('sms'));
  });

  it('[T-13] takes no claim from a step-up', async () => {
    const token = await openSession(booted, 'bob');
    booted.clock.advance(301);
    const answered = await booted.client.post('/mfa/step-up/', { token, json: CLAIMS });
    expect(answered.body).toEqual(prompted('sms'));
    await denied(booted, () => vault(token));
  });
});
