import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot-app.js';
import { PasskeyStage } from '../../support/passkeys.js';

let stage: PasskeyStage;
afterEach(() => stage.close());

describe.each(PLATFORMS)('passkeys over %s', (platform) => {
  beforeEach(async () => {
    stage = await PasskeyStage.boot({ platform });
  });

  it('[W-01] turn MFA on, and sign in after the password', async () => {
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    const { client } = stage.booted;
    expect((await client.get('/mfa/', { token })).body).toMatchObject({ enabled: true, challenge_type: 'webauthn' });
    const asked = await client.login('bob');
    expect(asked.body).toMatchObject({
      mfa_required: true,
      mfa_type: 'webauthn',
      mfa_methods: [{ id: 'passkeys', type: 'webauthn', input: 'webauthn', default: true }],
      challenge: {
        method: 'passkeys',
        type: 'webauthn',
        input: 'webauthn',
        options: {
          rpId: 'bank.example',
          userVerification: 'preferred',
          allowCredentials: [{ id: passkey.id, type: 'public-key', transports: ['hybrid', 'internal'] }],
        },
      },
    });
    const signedIn = await stage.signIn('bob', passkey);
    expect((await client.get('/app/me', { token: signedIn })).body).toEqual({
      username: 'bob',
      amr: ['pwd', 'hwk', 'user', 'mfa'],
    });
    expect((await client.get('/app/vault', { token: signedIn })).status).toBe(200);
  });

  it('also turn MFA on by the routes of a single factor', async () => {
    const { client } = stage.booted;
    const token = await client.token('bob');
    const { body } = await client.put('/mfa/webauthn/request/', { token, json: {} });
    const passkey = stage.passkey();
    const { options } = body['show'] as { options: Parameters<typeof passkey.register>[0] };
    const verified = await client.put('/mfa/webauthn/verify/', {
      token,
      json: { mfa_code: passkey.register(options) },
    });
    expect([verified.status, verified.body['enabled']]).toEqual([200, true]);
    await stage.signIn('bob', passkey);
  });

  it('are several under one method, each with its name, and any of them signs in', async () => {
    const [laptop, phone] = [stage.passkey(), stage.passkey({ backupEligible: true, backedUp: true, counts: false })];
    const token = await stage.enrolled('bob', laptop);
    await stage.register(token, phone, 'Phone');
    const listed = (await stage.booted.client.get('/mfa/factors/', { token })).text;
    expect(JSON.parse(listed)).toEqual([
      expect.objectContaining({ type: 'webauthn', default: true }),
      expect.objectContaining({ type: 'webauthn', name: 'Phone' }),
    ]);
    await stage.signIn('bob', laptop);
    const signedIn = await stage.signIn('bob', phone);
    expect((await stage.booted.client.get('/app/me', { token: signedIn })).body['amr']).toEqual([
      'pwd',
      'swk',
      'user',
      'mfa',
    ]);
  });

  it('name what a browser signals to its authenticators after a rename and a removal', async () => {
    const [first, second] = [stage.passkey(), stage.passkey()];
    const token = await stage.enrolled('bob', first);
    const id = await stage.register(token, second, 'Old');
    const { client } = stage.booted;
    const renamed = await client.request('PATCH', `/mfa/factors/${id}/`, { token, json: { name: 'New' } });
    const signal = renamed.body['signal'] as Record<string, unknown>;
    expect(signal).toMatchObject({ rpId: 'bank.example', name: '2', allAcceptedCredentialIds: [first.id, second.id] });
    const removed = await client.delete(`/mfa/factors/${id}/`, { token });
    expect([removed.status, removed.body]).toEqual([
      200,
      { signal: { ...signal, allAcceptedCredentialIds: [first.id] } },
    ]);
    expect(
      await stage.refusalOf('bob', () => second.authenticate({ challenge: 'AAAA', rpId: 'bank.example' })),
    ).toEqual([400, 'invalid_mfa_code']);
  });

  it('prove the second factor again for a step-up', async () => {
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    const token = await stage.signIn('bob', passkey);
    const { client, clock } = stage.booted;
    clock.advance(600);
    expect((await client.get('/app/vault', { token })).status).toBe(401);
    const { body } = await client.post('/mfa/step-up/challenge/', { token, json: { method: 'passkeys' } });
    const { options } = body['challenge'] as { options: Parameters<typeof passkey.authenticate>[0] };
    const response = passkey.authenticate(options);
    const verified = await client.post('/mfa/step-up/verify/', {
      token,
      json: { mfa_token: body['mfa_token'], method: 'passkeys', response },
    });
    expect(verified.status).toBe(200);
    expect((await client.get('/app/vault', { token })).status).toBe(200);
  });
});
