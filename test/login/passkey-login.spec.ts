import { afterEach, describe, expect, it } from 'vitest';
import { MfaModule, SmsChallenge } from '../../src/index.js';
import type { VirtualPasskey } from '../../src/testing/virtual-passkey.js';
import { PLATFORMS, TEST_KEY } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { denied } from '../support/denied.js';
import { PasskeyStage, WEBAUTHN } from '../support/passkeys.js';
import { par } from '../support/par.js';
import { TestUsers } from '../support/test-users.js';

const LOGINS = ['authtoken', 'oauth2', 'passkey'] as const;

let stage: PasskeyStage;
afterEach(() => stage?.close());

interface Asked {
  mfaToken: string;
  options: Parameters<VirtualPasskey['authenticate']>[0] & Record<string, unknown>;
}

async function ask(): Promise<Asked> {
  const { status, body } = await stage.booted.client.post('/mfa/login/passkey/challenge/');
  expect(status).toBe(200);
  return { mfaToken: String(body['mfa_token']), ...(body['challenge'] as Pick<Asked, 'options'>) };
}

const finish = ({ mfaToken }: Asked, response: unknown): Promise<Answered> =>
  stage.booted.client.post('/mfa/login/passkey/verify/', { json: { mfa_token: mfaToken, response } });

describe.each(PLATFORMS)('a sign-in with a passkey alone over %s', (platform) => {
  it('is full multifactor authentication, by an authenticator that has checked its user', async () => {
    stage = await PasskeyStage.boot({ platform, mfa: { logins: [...LOGINS] } });
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const asked = await ask();
    expect(asked.options).toMatchObject({ rpId: 'bank.example', userVerification: 'required', allowCredentials: [] });
    const { status, body } = await finish(asked, passkey.authenticate(asked.options));
    expect(status).toBe(200);
    const { client } = stage.booted;
    const token = String(body['token']);
    expect((await client.get('/app/me', { token })).body).toEqual({ username: 'bob', amr: ['hwk', 'user', 'mfa'] });
    expect((await client.get('/app/vault', { token })).status).toBe(200);
  });

  it('[W-02] [W-06] [W-14] takes an answer once, of a user who was checked, and whom the passkey names', async () => {
    stage = await PasskeyStage.boot({ platform, mfa: { logins: [...LOGINS] } });
    const [passkey, others] = [stage.passkey({ counts: false }), stage.passkey()];
    await stage.enrolled('bob', passkey);
    await stage.enrolled('alice', others);
    const refusal = async (asked: Asked, response: object) =>
      (await denied(stage.booted, () => finish(asked, response))).body['code'];
    const asked = await ask();
    for (const wrong of [
      { userVerified: false },
      { userHandle: null },
      { userHandle: 'AAAA' },
      { signature: () => Buffer.alloc(64) },
    ]) {
      expect(await refusal(asked, passkey.authenticate(asked.options, wrong))).toBe('invalid_mfa_code');
    }
    const stolen = passkey.authenticate(asked.options, { credentialId: others.id });
    expect(await refusal(asked, stolen)).toBe('invalid_mfa_code');
    const unknown = stage.passkey();
    unknown.register((await stage.ask(await stage.booted.client.token('dave'))).options);
    expect(await refusal(asked, unknown.authenticate(asked.options))).toBe('invalid_mfa_code');
    const right = passkey.authenticate(asked.options);
    const json = { mfa_token: asked.mfaToken, response: right };
    const answers = await par([stage.booted], 8, () => ({ method: 'POST', path: '/mfa/login/passkey/verify/', json }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await refusal(asked, right)).toBe('invalid_mfa_code');
  });

  it('[W-22] is one factor without `mfa` by a passkey that has not checked its user, where the application allows that', async () => {
    const webauthn = { ...WEBAUTHN, soleUserVerification: 'preferred' as const };
    stage = await PasskeyStage.boot({ platform, mfa: { logins: [...LOGINS], webauthn } });
    const passkey = stage.passkey({ userVerified: false });
    await stage.enrolled('bob', passkey);
    const asked = await ask();
    const { body } = await finish(asked, passkey.authenticate(asked.options));
    const { client } = stage.booted;
    const token = String(body['token']);
    expect((await client.get('/app/me', { token })).body['amr']).toEqual(['hwk', 'user']);
    expect((await client.get('/app/vault', { token })).status).toBe(401);
    const stepUp = await client.post('/mfa/step-up/challenge/', { token, json: { method: 'passkeys' } });
    const { options } = stepUp.body['challenge'] as Asked;
    const response = passkey.authenticate(options);
    const json = { mfa_token: stepUp.body['mfa_token'], method: 'passkeys', response };
    // The same passkey is the same factor, until it has checked its user.
    expect((await client.post('/mfa/step-up/verify/', { token, json })).body['code']).toBe('invalid_mfa_code');
    expect((await client.get('/app/vault', { token })).status).toBe(401);
  });

  it('takes no token of a login by password, nor the reverse, and none after its time or for an inactive user', async () => {
    stage = await PasskeyStage.boot({ platform, mfa: { logins: [...LOGINS] } });
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const [alone, second] = [await ask(), await stage.begin('bob')];
    const crossed = passkey.authenticate(second.options);
    expect(
      (await denied(stage.booted, () => finish({ ...alone, mfaToken: second.mfaToken }, crossed))).body['code'],
    ).toBe('invalid_mfa_token');
    const mixed = passkey.authenticate(alone.options);
    expect((await denied(stage.booted, () => stage.finish(alone, mixed))).body['code']).toBe('invalid_mfa_token');
    expect((await stage.booted.client.get('/mfa/', { token: alone.mfaToken })).status).toBe(401);
    stage.booted.users.named('bob').active = false;
    expect((await finish(alone, passkey.authenticate(alone.options))).body['code']).toBe('invalid_mfa_code');
    stage.booted.users.named('bob').active = true;
    stage.booted.clock.advance(301);
    expect((await finish(alone, passkey.authenticate(alone.options))).body['code']).toBe('invalid_mfa_token');
  });

  it('[W-12] writes nothing and gives everybody the same answer before the passkey has signed', async () => {
    stage = await PasskeyStage.boot({ platform, mfa: { logins: [...LOGINS] } });
    stage.booted.statements.length = 0;
    const shapes = await Promise.all(
      [{ username: 'bob' }, { username: 'nobody' }, null].map(async (json) => {
        const { status, body } = await stage.booted.client.post('/mfa/login/passkey/challenge/', { json });
        return [status, Object.keys(body), Object.keys(body['challenge'] as object)];
      }),
    );
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
    expect(stage.booted.statements).toEqual([]);
  });
});

it('has no route unless the application lists it, and is refused without passkeys', async () => {
  stage = await PasskeyStage.boot();
  expect((await stage.booted.client.post('/mfa/login/passkey/challenge/')).status).toBe(404);
  const wrong = () =>
    MfaModule.forRoot({ users: TestUsers, keys: [TEST_KEY], challenges: [SmsChallenge], logins: ['passkey'] });
  expect(wrong).toThrow("`logins` has 'passkey', which needs passkeys, e.g. challenges: [WebAuthnChallenge].");
});
