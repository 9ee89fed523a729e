import { afterEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService, OwnCredential, type OwnSignIn } from '../../src/index.js';
import { codeAt, importKey, KEY, WITH_APPS } from '../support/authenticator.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { PendingLoginStage } from '../support/pending-login.js';

/** Takes what the test says for proven, as if it were in a signed token. */
class HeaderCredential extends OwnCredential {
  read({ headers }: { headers: { 'x-signed-in'?: string } }): OwnSignIn {
    return JSON.parse(headers['x-signed-in']!) as OwnSignIn;
  }

  issue(): void {}
}

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('the mfa_token of a step-up over %s', (platform) => {
  it('[T-12] is of one user, also where two users have the same epoch and the sessions are of the application', async () => {
    booted = await bootApp({ platform, mfa: { ...WITH_APPS, signedIn: HeaderCredential } });
    const keys = { alice: KEY, bob: { ...KEY, secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXQ' } };
    await importKey(booted, 'alice', keys.alice);
    await importKey(booted, 'bob', keys.bob);
    const service = booted.app.get(MultiFactorAuthService);
    const [mfa_epoch, other] = [await service.epoch('1'), await service.epoch('2')];
    expect(mfa_epoch).toBe(other);
    const stepUp = (userId: number, path: string, json: object) => {
      const said = { userId, claims: { amr: ['pwd', 'otp', 'mfa'], acr: 'mfa', auth_time: 0, mfa_epoch } };
      return booted.client.post(`/mfa/step-up/${path}`, { headers: { 'x-signed-in': JSON.stringify(said) }, json });
    };
    const { mfa_token } = (await stepUp(1, '', {})).body;
    const [{ id: method }] = (await stepUp(2, '', {})).body['mfa_methods'] as [{ id: string }];
    for (const json of [{ mfa_token }, { mfa_token, method }]) {
      const chosen = await stepUp(2, 'challenge/', json);
      const code = codeAt(booted, 0, keys.bob);
      const verified = await denied(booted, () => stepUp(2, 'verify/', { ...json, code }));
      for (const { status, body } of [chosen, verified]) {
        expect([status, body['code']]).toEqual([400, 'invalid_mfa_token']);
      }
    }
    expect((await stepUp(1, 'verify/', { mfa_token, code: codeAt(booted) })).status).toBe(200);
  });

  it('offers no recovery codes, which a step-up refuses: neither with the methods nor during a lock', async () => {
    const stage = await PendingLoginStage.boot({ platform });
    ({ booted } = stage);
    const { bob } = stage.apps;
    const verified = await stage.verify({ mfa_token: await stage.mfaToken(), code: bob.code() });
    const token = String(verified.body['token']);
    await booted.client.get('/mfa/recovery/', { token });
    booted.clock.advance(60);
    const { body } = await booted.client.post('/mfa/step-up/', { token, json: {} });
    expect((body['mfa_methods'] as { id: string }[]).map(({ id }) => id)).toEqual([bob.id]);
    const login = await booted.client.login('bob');
    expect((login.body['mfa_methods'] as { id: string }[]).map(({ id }) => id)).toEqual([bob.id, 'recovery']);
    for (let guess = 0; guess < 5; guess++) {
      await stage.verify({ mfa_token: login.body['mfa_token'], code: '000000' });
    }
    const json = { mfa_token: body['mfa_token'], code: bob.code() };
    const locked = await booted.client.post('/mfa/step-up/verify/', { token, json });
    expect([locked.status, locked.body['open_methods']]).toEqual([429, undefined]);
  });
});
