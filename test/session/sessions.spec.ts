import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { oauthClient, tokensOf } from '../support/oauth.js';

describe.each(PLATFORMS)('sessions on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  const opens = async (token: string, scheme = 'Token'): Promise<number> =>
    (await booted.client.get('/mfa/', { token, scheme })).status;

  it('end with a log-out, and no other session with them', async () => {
    booted = await bootApp({ platform });
    const [token, other] = [await booted.client.token('alice'), await booted.client.token('alice')];
    const { status, text } = await booted.client.post('/mfa/logout/', { token });
    expect([status, text]).toEqual([204, '']);
    expect([await opens(token), await opens(other)]).toEqual([401, 200]);
    expect((await booted.client.post('/mfa/logout', { token })).status).toBe(401);
  });

  it('of OAuth2 end with a log-out, their refresh token too', async () => {
    booted = await bootApp({ platform });
    const caller = await oauthClient(booted);
    const { access, refresh } = await caller.tokens('alice');
    expect((await booted.client.post('/mfa/logout/', { token: access, scheme: 'Bearer' })).status).toBe(204);
    expect(await opens(access)).toBe(401);
    expect((await caller.refresh(refresh)).body['error']).toBe('invalid_grant');
  });

  it('end when they are not used for the idle time, and are kept awake by use', async () => {
    booted = await bootApp({ platform, mfa: { sessions: { idleSeconds: 600 } } });
    const [used, unused] = [await booted.client.token('alice'), await booted.client.token('alice')];
    for (const seconds of [590, 9]) {
      booted.clock.advance(seconds);
      expect(await opens(used)).toBe(200);
    }
    booted.clock.advance(1);
    expect([await opens(used), await opens(unused)]).toEqual([200, 401]);
    booted.clock.advance(600);
    expect(await opens(used)).toBe(401);
  });

  it('end after their lifetime, however much they are used', async () => {
    booted = await bootApp({ platform, mfa: { sessions: { lifetimeSeconds: 3600, idleSeconds: 1800 } } });
    const token = await booted.client.token('alice');
    for (const seconds of [1700, 1700, 199]) {
      booted.clock.advance(seconds);
      expect(await opens(token)).toBe(200);
    }
    booted.clock.advance(1);
    expect(await opens(token)).toBe(401);
  });

  it('of OAuth2 say when the access token ends, and end it then', async () => {
    booted = await bootApp({ platform });
    const caller = await oauthClient(booted);
    const { body } = await caller.password('alice');
    expect(body['expires_in']).toBe(900);
    booted.clock.advance(899);
    expect(await opens(String(body['access_token']), 'Bearer')).toBe(200);
    booted.clock.advance(1);
    expect(await opens(String(body['access_token']), 'Bearer')).toBe(401);
  });

  it('of OAuth2 last no longer than the first refresh token, however often it is refreshed', async () => {
    booted = await bootApp({ platform, mfa: { sessions: { refreshLifetimeSeconds: 2000 } } });
    const caller = await oauthClient(booted);
    const first = await caller.tokens('alice');
    booted.clock.advance(1500);
    const answer = await caller.refresh(first.refresh);
    expect(answer.body['expires_in']).toBe(500);
    const { access, refresh } = tokensOf(answer);
    booted.clock.advance(499);
    expect(await opens(access)).toBe(200);
    booted.clock.advance(1);
    expect(await opens(access)).toBe(401);
    expect((await caller.refresh(refresh)).body['error']).toBe('invalid_grant');
  });

  it('of a client without a user open no route of a signed-in user', async () => {
    booted = await bootApp({ platform });
    const caller = await oauthClient(booted, { grants: ['client_credentials'] });
    const { body } = await caller.token({ grant_type: 'client_credentials' });
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    const routes = ['GET /mfa/', 'DELETE /mfa/', 'GET /mfa/recovery/', 'PUT /mfa/sms/request/', 'PUT /mfa/sms/verify/'];
    for (const route of [...routes, 'POST /mfa/step-up/', 'POST /mfa/logout/', 'GET /app/me', 'GET /app/vault']) {
      const [method, path] = route.split(' ') as [string, string];
      const answer = await booted.client.request(method, path, {
        token: String(body['access_token']),
        scheme: 'Bearer',
      });
      expect([route, answer.status]).toEqual([route, 403]);
    }
  });

  it('carry their second factor through a refresh, no fresher than it was', async () => {
    booted = await bootApp({ platform });
    await enrolled(booted, 'bob');
    const caller = await oauthClient(booted);
    const first = await caller.tokens('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    const vault = async (token: string) => (await booted.client.get('/app/vault', { token, scheme: 'Bearer' })).status;
    booted.clock.advance(290);
    const second = tokensOf(await caller.refresh(first.refresh));
    expect(await vault(second.access)).toBe(200);
    booted.clock.advance(20);
    expect(await vault(second.access)).toBe(401);
  });
});
