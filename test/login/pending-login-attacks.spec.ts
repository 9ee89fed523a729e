import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BootedApp, type BootOptions, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { rowOf } from '../support/factor-rows.js';
import { oauthClient } from '../support/oauth.js';
import { OVER, PendingLoginStage } from '../support/pending-login.js';

let stage: PendingLoginStage;
let booted: BootedApp;
let apps: PendingLoginStage['apps'];
afterEach(() => booted.close());

async function boot(options: BootOptions): Promise<void> {
  stage = await PendingLoginStage.boot(options);
  ({ booted, apps } = stage);
}

const verify = (json: object) => stage.verify(json);
const mfaToken = (username?: string) => stage.mfaToken(username);
const refusalOf = (json: object) => stage.refusalOf(json);

describe.each(PLATFORMS)('an mfa_token over %s', (platform) => {
  beforeEach(() => boot({ platform }));

  it('[S-03] is what a code needs: without one, nothing is judged', async () => {
    const code = apps.bob.code();
    for (const json of [{ code }, { username: 'bob', code }, { mfa_token: '', code }, { mfa_token: null, code }]) {
      expect(await refusalOf(json)).toEqual(OVER);
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
    expect((await verify({ mfa_token: await mfaToken(), code })).status).toBe(200);
  });

  it('[S-15] is of one user: beside another name and password, and with the code of another user', async () => {
    const ofAlice = await mfaToken('alice');
    const mixed = { username: 'bob', password: 'bob-password', mfa_token: ofAlice, mfa_code: apps.alice.code() };
    await denied(booted, () => booted.client.post('/mfa/authtoken/login/', { json: mixed }));
    const { body } = await denied(booted, () => verify({ mfa_token: ofAlice, code: apps.bob.code() }));
    expect(body['code']).toBe('invalid_mfa_code');
    const { status, body: granted } = await verify({ mfa_token: ofAlice, code: apps.alice.code(1) });
    expect(status).toBe(200);
    const me = await booted.client.get('/app/me', { token: String(granted['token']) });
    expect(me.body['username']).toBe('alice');
  });

  it('[B-36] is no credential, and nothing else of the module is one', async () => {
    const [mfa_token, code] = [await mfaToken(), apps.bob.code()];
    for (const scheme of ['Token', 'Bearer']) {
      expect((await booted.client.get('/app/me', { token: mfa_token, scheme })).status).toBe(401);
      expect((await booted.client.get('/mfa/', { token: mfa_token, scheme })).status).toBe(401);
    }
    const oauth = await oauthClient(booted);
    expect((await oauth.refresh(mfa_token)).body['error']).toBe('invalid_grant');
    const session = await booted.client.token('dave');
    const { refresh } = await oauth.tokens('dave');
    const { factors } = await rowOf(booted, 'bob');
    for (const other of [session, refresh, factors[0]!.sealedState, factors[0]!.id, `${mfa_token}x`]) {
      expect(await refusalOf({ mfa_token: other, code })).toEqual(OVER);
    }
    // Every character of it counts.
    for (const place of [3, 12, mfa_token.length - 4]) {
      const [was, next] = [mfa_token[place]!, mfa_token[place] === 'A' ? 'B' : 'A'];
      expect(was).not.toBe(next);
      expect(
        await refusalOf({ mfa_token: mfa_token.slice(0, place) + next + mfa_token.slice(place + 1), code }),
      ).toEqual(OVER);
    }
    expect((await verify({ mfa_token, code })).status).toBe(200);
  });

  it('[I-09] is a text, and anything else asks the database nothing', async () => {
    const before = booted.statements.length;
    for (const odd of [0, 1, true, false, null, {}, [], ['x'], { $ne: '' }, 'x'.repeat(100_000)]) {
      expect((await verify({ mfa_token: odd, code: '123456' })).body['code']).toBe('invalid_mfa_token');
    }
    expect(booted.statements.length).toBe(before);
  });

  it('[O-14] is of one client: the token login, an OAuth2 client and another one have each their own', async () => {
    const [one, other] = [await oauthClient(booted), await oauthClient(booted)];
    const ofLogin = await mfaToken();
    const ofOne = String((await one.password('bob')).body['mfa_token']);
    const mfa_code = apps.bob.code();
    expect(await refusalOf({ mfa_token: ofOne, code: mfa_code })).toEqual(OVER);
    for (const [client, mfa_token] of [
      [other, ofOne],
      [one, ofLogin],
    ] as const) {
      const { status, body } = await denied(booted, () =>
        client.token({ grant_type: 'password', mfa_token, mfa_code }),
      );
      expect([status, body['error']]).toEqual([400, 'invalid_grant']);
    }
    expect((await one.token({ grant_type: 'password', mfa_token: ofOne, mfa_code })).status).toBe(200);
  });

  it('[T-12] is of one session at step-up, and of a login at login', async () => {
    const code = () => apps.bob.code();
    const tokens: string[] = [];
    for (let count = 0; count < 2; count++) {
      tokens.push(String((await verify({ mfa_token: await mfaToken(), code: code() })).body['token']));
      booted.clock.advance(60);
    }
    const stepUp = (token: string, path: string, json: object) =>
      booted.client.post(`/mfa/step-up/${path}`, { token, json });
    const [own, others] = tokens as [string, string];
    const asked = String((await stepUp(own, '', {})).body['mfa_token']);
    for (const attempt of [
      () => stepUp(others, 'verify/', { mfa_token: asked, code: code() }),
      () => stepUp(others, 'challenge/', { mfa_token: asked }),
      async () => stepUp(own, 'verify/', { mfa_token: await mfaToken(), code: code() }),
      () => verify({ mfa_token: asked, code: code() }),
    ]) {
      const { status, body } = await denied(booted, attempt);
      expect([status, body['code']]).toEqual([400, 'invalid_mfa_token']);
    }
    expect((await stepUp(own, 'verify/', { mfa_token: asked, code: code() })).body).toEqual({ mfa_required: false });
    expect((await stepUp(own, 'verify/', { mfa_token: asked, code: apps.bob.code(1) })).status).toBe(400);
  });

  it('goes on by a method that its user has, and no other', async () => {
    const mfa_token = await mfaToken();
    for (const method of ['nobody', apps.alice.id, 'totp', 'recovery', '__proto__', 0, null, [], {}]) {
      const { status, body } = await denied(booted, () => verify({ mfa_token, method, code: apps.bob.code() }));
      expect([status, body['code']]).toEqual([400, 'method_not_available']);
      const chosen = await booted.client.post('/mfa/login/challenge/', { json: { mfa_token, method } });
      expect([chosen.status, chosen.body['code']]).toEqual([400, 'method_not_available']);
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
    expect((await verify({ mfa_token, method: apps.bob.id, code: apps.bob.code() })).status).toBe(200);
  });

  it('says during a lock what still works', async () => {
    const mfa_token = await mfaToken();
    const token = String((await verify({ mfa_token, code: apps.bob.code() })).body['token']);
    const { body } = await booted.client.get('/mfa/recovery/', { token });
    booted.clock.advance(60);
    const next = await mfaToken();
    for (let count = 0; count < 5; count++) await verify({ mfa_token: next, code: '000000' });
    const locked = await verify({ mfa_token: next, code: apps.bob.code() });
    expect([locked.status, locked.body['open_methods']]).toEqual([429, ['recovery']]);
    const recovered = await verify({ mfa_token: next, method: 'recovery', code: body['backup_code'] });
    expect(recovered.status).toBe(200);
  });
});

describe('an application that requires mfa_token', () => {
  it('takes no code beside the password, and ignores one while MFA is off', async () => {
    await boot({ mfa: { requireMfaToken: true } });
    expect((await booted.client.login('dave', { mfa_code: '123456' })).status).toBe(200);
    const { body } = await denied(booted, () => booted.client.login('bob', { mfa_code: apps.bob.code() }));
    expect(body['code']).toBe('mfa_token_required');
    expect((await verify({ mfa_token: await mfaToken(), code: apps.bob.code() })).status).toBe(200);
  });
});
