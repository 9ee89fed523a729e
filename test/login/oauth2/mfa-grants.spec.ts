import { AuthClient, isMfaRequiredError, type MfaRequiredError } from '@auth0/auth0-auth-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmsChallenge, TotpChallenge } from '../../../src/index.js';
import { type AuthenticatorApp, addApp } from '../../support/apps.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { enrolled } from '../../support/enrolled.js';
import { type OAuthCaller, oauthClient } from '../../support/oauth.js';

const MFA = {
  challenges: [SmsChallenge, TotpChallenge],
  totp: { issuer: 'Example Bank' },
  oauth2: { errors: 'rfc6749' },
  backupCodes: { count: 10, onUse: 'keep' },
} as const;

let booted: BootedApp;
let caller: OAuthCaller;
let app: AuthenticatorApp;
let recovery: string[];
afterEach(() => booted.close());

/** Bob, with a phone, an authenticator app and ten recovery codes. */
async function boot(platform: 'express' | 'fastify'): Promise<void> {
  booted = await bootApp({ platform, mfa: { ...MFA, challenges: [...MFA.challenges] } });
  caller = await oauthClient(booted);
  const token = await enrolled(booted, 'bob');
  const login = await booted.client.login('bob');
  const code = booted.outbox.lastCode();
  const { body } = await booted.client.post('/mfa/login/verify/', {
    json: { mfa_token: login.body['mfa_token'], code },
  });
  expect(token).not.toBe(body['token']);
  app = await addApp(booted, String(body['token']));
  recovery = (await booted.client.get('/mfa/recovery/', { token: String(body['token']) })).body[
    'backup_codes'
  ] as string[];
  booted.clock.advance(3600);
}

describe.each(PLATFORMS)('a client that takes RFC 6749 literally, over %s', (platform) => {
  beforeEach(() => boot(platform));

  it('is told of the second factor by an error, and goes on by the password grant without the password', async () => {
    const { status, body } = await caller.password('bob', { scope: 'read' });
    expect([status, body['error'], body['error_description']]).toEqual([
      400,
      'mfa_required',
      'A second factor is required.',
    ]);
    expect([typeof body['mfa_token'], (body['mfa_methods'] as object[]).length]).toEqual(['string', 3]);
    const mfa_token = String(body['mfa_token']);
    const second = await caller.token({ grant_type: 'password', mfa_token, mfa_code: booted.outbox.lastCode() });
    // The scope is the one that was asked for with the password.
    expect([second.status, second.body['scope']]).toEqual([200, 'read']);
    expect((await caller.refresh(String(second.body['refresh_token']))).status).toBe(200);
  });

  it('is refused in the words of the RFC for a wrong code, a used token and a missing parameter', async () => {
    const mfa_token = String((await caller.password('bob')).body['mfa_token']);
    const send = (more: Record<string, string>) => caller.token({ mfa_token, ...more });
    const otp = 'http://auth0.com/oauth/grant-type/mfa-otp';
    const wrong = await send({ grant_type: otp, otp: '000000' });
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant']);
    expect((await send({ grant_type: otp })).body['error']).toBe('invalid_request');
    const right = { grant_type: otp, otp: app.code() };
    expect((await send(right)).status).toBe(200);
    const again = await send(right);
    expect([again.status, again.body['error']]).toEqual([400, 'invalid_grant']);
  });
});

/** Auth0's own client. What it finds at Auth0's paths is at ours. */
function auth0Client(): AuthClient {
  const origin = 'https://tenant.example';
  const metadata = {
    issuer: `${origin}/`,
    token_endpoint: `${origin}/oauth/token`,
    authorization_endpoint: `${origin}/authorize`,
  };
  const customFetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : String(input));
    if (pathname.includes('.well-known')) return Response.json(metadata);
    if (pathname === '/oauth/token') return fetch(`${booted.client.origin}/mfa/oauth2/token/`, init);
    expect(pathname).toBe('/mfa/challenge');
    const asked = JSON.parse(init?.body as string) as { mfa_token: string; authenticator_id: string };
    const json = { mfa_token: asked.mfa_token, method: asked.authenticator_id };
    const { body } = await booted.client.post('/mfa/login/challenge/', { json });
    const { method } = body['challenge'] as { method: string };
    return Response.json({ challenge_type: 'oob', oob_code: method, binding_method: 'prompt' });
  };
  return new AuthClient({ domain: 'tenant.example', clientId: caller.id, clientSecret: caller.secret, customFetch });
}

describe.each(PLATFORMS)("Auth0's own client over %s", (platform) => {
  let client: AuthClient;
  beforeEach(async () => {
    await boot(platform);
    client = auth0Client();
  });

  /** What the client throws for a right password. */
  async function required(): Promise<{ mfa_token: string; mfa_methods: { id: string; type: string }[] }> {
    const error: unknown = await client
      .getTokenByPassword({ username: 'bob', password: 'bob-password' })
      .catch((thrown: unknown) => thrown);
    expect(isMfaRequiredError(error as Error)).toBe(true);
    return (error as MfaRequiredError).cause as never;
  }

  it('signs in with a code of an authenticator app', async () => {
    const { mfa_token: mfaToken } = await required();
    const { accessToken } = await client.mfa.verify({ factorType: 'otp', mfaToken, otp: app.code() });
    expect((await booted.client.get('/app/vault', { token: accessToken })).status).toBe(200);
  });

  it('signs in with a code by message', async () => {
    const { mfa_token: mfaToken } = await required();
    const row = (await booted.client.login('bob')).body['mfa_methods'] as { id: string; type: string }[];
    const authenticatorId = row.find(({ type }) => type === 'sms')!.id;
    const challenged = await client.mfa.challengeAuthenticator({ challengeType: 'oob', authenticatorId, mfaToken });
    const given = { oobCode: challenged.oobCode!, bindingCode: booted.outbox.lastCode() };
    const { accessToken } = await client.mfa.verify({ factorType: 'oob', mfaToken, ...given });
    expect((await booted.client.get('/app/vault', { token: accessToken })).status).toBe(200);
  });

  it('signs in with a recovery code, once', async () => {
    const { mfa_token: mfaToken } = await required();
    const [recoveryCode] = recovery as [string];
    const given = { factorType: 'recovery-code', mfaToken, recoveryCode } as const;
    const { accessToken } = await client.mfa.verify(given);
    expect((await booted.client.get('/app/me', { token: accessToken })).status).toBe(200);
    await expect(client.mfa.verify(given)).rejects.toThrow('Please sign in again.');
  });
});
