import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import { type AuthenticatorApp, addApp } from '../support/apps.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';

const MFA = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Example Bank' } };

let booted: BootedApp;
let token: string;
let app: AuthenticatorApp;
afterEach(() => booted.close());

const stepUp = (path: string, json: object) => booted.client.post(`/mfa/step-up/${path}`, { token, json });
const vault = async () => (await booted.client.get('/app/vault', { token })).status;

describe.each(PLATFORMS)('a step-up by a chosen method over %s', (platform) => {
  beforeEach(async () => {
    booted = await bootApp({ platform, mfa: MFA });
    await enrolled(booted, 'bob');
    const { mfa_token } = (await booted.client.login('bob')).body;
    const code = booted.outbox.lastCode();
    token = String((await booted.client.post('/mfa/login/verify/', { json: { mfa_token, code } })).body['token']);
    app = await addApp(booted, token);
    booted.clock.advance(600);
  });

  it('asks for the default one, and takes another one that the user chooses', async () => {
    expect(await vault()).toBe(401);
    const { body } = await stepUp('', {});
    expect(body).toMatchObject({ mfa_required: true, mfa_type: 'sms', challenge: { type: 'sms', sent: true } });
    const { mfa_token } = body;
    const chosen = await stepUp('challenge/', { mfa_token, method: app.id });
    expect(chosen.body['challenge']).toEqual({ method: app.id, type: 'totp', input: 'code', digits: 6 });
    const verified = await stepUp('verify/', { mfa_token: chosen.body['mfa_token'], code: app.code() });
    expect([verified.body, await vault()]).toEqual([{ mfa_required: false }, 200]);
  });

  it('takes no recovery code, which only signs in', async () => {
    const { body } = await booted.client.get('/mfa/recovery/', { token });
    const { mfa_token } = (await stepUp('', {})).body;
    const refused = await stepUp('verify/', { mfa_token, method: 'recovery', code: body['backup_code'] });
    expect([refused.status, refused.body['code'], await vault()]).toEqual([400, 'method_not_available', 401]);
  });

  it('ends its session after five wrong codes, whichever the method', async () => {
    const { mfa_token, mfa_methods } = (await stepUp('', {})).body;
    const [sms] = mfa_methods as [{ id: string }];
    for (let guess = 0; guess < 5; guess++) {
      const method = guess % 2 === 0 ? app.id : sms.id;
      expect((await stepUp('verify/', { mfa_token, method, code: '000000' })).status).toBe(400);
    }
    expect((await stepUp('verify/', { mfa_token, method: app.id, code: app.code() })).status).toBe(401);
    expect((await booted.client.get('/app/me', { token })).status).toBe(401);
  });
});
