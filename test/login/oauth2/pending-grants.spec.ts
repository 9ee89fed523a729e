import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApp } from '../../support/apps.js';
import { type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { type OAuthCaller, oauthClient } from '../../support/oauth.js';
import { PendingLoginStage } from '../../support/pending-login.js';

const OTP = 'http://auth0.com/oauth/grant-type/mfa-otp';

let stage: PendingLoginStage;
let booted: BootedApp;
let caller: OAuthCaller;
afterEach(() => booted.close());

const mfaToken = async (username: string) => String((await caller.password(username)).body['mfa_token']);

describe.each(PLATFORMS)('a grant by mfa_token over %s', (platform) => {
  beforeEach(async () => {
    stage = await PendingLoginStage.boot({ platform });
    ({ booted } = stage);
    caller = await oauthClient(booted);
  });

  it('[S-15] is refused beside a name or a password, which may be another user’s, and spends nothing', async () => {
    const mfa_token = await mfaToken('alice');
    const code = stage.apps.alice.code();
    const grants: [Record<string, string>, Record<string, string>] = [
      { grant_type: 'password', mfa_code: code },
      { grant_type: OTP, otp: code },
    ];
    const [username, password] = ['bob', 'bob-password'];
    const others: Record<string, string>[] = [{ username, password }, { username }, { password }];
    for (const grant of grants) {
      for (const mixed of others) {
        const { status, body } = await denied(booted, () => caller.token({ ...grant, ...mixed, mfa_token }));
        expect([status, body['error']]).toEqual([400, 'invalid_request']);
      }
    }
    const { body } = await caller.token({ ...grants[0], mfa_token });
    const me = await booted.client.get('/app/me', { token: String(body['access_token']) });
    expect(me.body['username']).toBe('alice');
  });

  it('judges a code of an app by the app that was chosen, and else by the first one', async () => {
    const { apps } = stage;
    const { body } = await stage.verify({ mfa_token: await stage.mfaToken(), code: apps.bob.code() });
    booted.clock.advance(60);
    const second = await addApp(booted, String(body['token']));
    const send = (mfa_token: string, otp: string) => caller.token({ grant_type: OTP, mfa_token, otp });
    const json = { mfa_token: await mfaToken('bob'), method: second.id };
    const chosen = String((await booted.client.post('/mfa/login/challenge/', { json })).body['mfa_token']);
    expect((await denied(booted, () => send(chosen, apps.bob.code()))).body['error']).toBe('invalid_grant');
    expect((await send(chosen, second.code())).status).toBe(200);
    booted.clock.advance(60);
    expect((await send(await mfaToken('bob'), apps.bob.code())).status).toBe(200);
  });
});
