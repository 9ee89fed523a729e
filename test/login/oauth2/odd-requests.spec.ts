import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { oauthClient, type OAuthCaller, tokensOf } from '../../support/oauth.js';

const TOKEN = '/mfa/oauth2/token/';
const LOGIN = { grant_type: 'password', username: 'alice', password: 'alice-password' };

describe.each(PLATFORMS)('odd requests to the token endpoint on %s', (platform) => {
  let booted: BootedApp;
  let caller: OAuthCaller;
  beforeEach(async () => {
    booted = await bootApp({ platform });
    caller = await oauthClient(booted);
  });
  afterEach(() => booted.close());

  const opens = async (token: string): Promise<number> =>
    (await booted.client.get('/app/me', { token, scheme: 'Bearer' })).status;

  it('[O-09] refreshes nothing from before a change of the password', async () => {
    const { access, refresh } = await caller.tokens('alice');
    const id = String(booted.users.named('alice').id);
    await booted.app.get(MultiFactorAuthService, { strict: false }).endSessions(id);
    expect(await opens(access)).toBe(401);
    expect((await caller.refresh(refresh)).body['error']).toBe('invalid_grant');
  });

  it('[O-09] refreshes nothing for a user who is inactive by now', async () => {
    const { access, refresh } = await caller.tokens('alice');
    booted.users.named('alice').active = false;
    expect(await opens(access)).toBe(401);
    expect((await caller.refresh(refresh)).body['error']).toBe('invalid_grant');
  });

  it('[O-10] refuses a wider scope at a refresh and leaves the token as it was', async () => {
    const { access, refresh } = await caller.tokens('alice', { scope: 'read' });
    for (const scope of ['read write', 'write', 'admin']) {
      const { status, body } = await caller.refresh(refresh, { scope });
      expect([status, body['error']]).toEqual([400, 'invalid_scope']);
    }
    expect(await opens(access)).toBe(200);
    tokensOf(await caller.refresh(refresh));
  });

  it('[O-13] takes no token from the query or the body', async () => {
    const { access } = await caller.tokens('alice');
    const { client } = booted;
    const json = { access_token: access, token: access };
    const answers = [
      await client.get(`/mfa/?access_token=${access}&token=${access}`),
      await client.put('/mfa/sms/request/', { json: { ...json, phone_number: '14085550199' } }),
      await client.post('/mfa/logout/', { form: { access_token: access } }),
      await client.get('/app/me', { headers: { 'x-access-token': access, cookie: `access_token=${access}` } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(booted.outbox.count).toBe(0);
  });

  it('[O-13] takes no credentials of a login from the query', async () => {
    const query = new URLSearchParams(LOGIN).toString();
    const { status } = await booted.client.post(`${TOKEN}?${query}`, { headers: { authorization: caller.basic } });
    expect(status).toBe(400);
    expect(booted.users.verifications).toEqual([]);
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'PASSWORD',
    'authorization_code',
    'implicit',
    'urn:x:mfa',
    '\u0000',
  ])('[O-14] answers the grant %j with 400', async (grant_type) => {
    const { status, body } = await caller.token({ ...LOGIN, grant_type });
    expect(status).toBe(400);
    expect(body['error']).toMatch(/^(unsupported_grant_type|unauthorized_client|invalid_request)$/);
    expect(booted.users.verifications).toEqual([]);
  });

  it('[O-14] answers a request without a grant, and keys of the prototype, with 400', async () => {
    for (const raw of [
      '',
      'username=alice',
      '__proto__[grant_type]=password',
      'constructor[prototype][grant_type]=x',
    ]) {
      const headers = { authorization: caller.basic, 'content-type': 'application/x-www-form-urlencoded' };
      const { status, body } = await booted.client.post(TOKEN, { raw, headers });
      expect([raw, status, body['error']]).toEqual([raw, 400, 'invalid_request']);
    }
    expect(({} as Record<string, unknown>)['grant_type']).toBeUndefined();
  });

  it('[O-15] answers a form and JSON alike', async () => {
    const headers = { authorization: caller.basic };
    for (const sent of [{ form: LOGIN }, { json: LOGIN }]) {
      const { access } = tokensOf(await booted.client.post(TOKEN, { ...sent, headers }));
      expect(await opens(access)).toBe(200);
    }
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/xml', 'application/octet-stream', ''])(
    '[O-15] refuses the content type %j with a body, right credentials or not',
    async (type) => {
      const raw = new URLSearchParams(LOGIN).toString();
      const headers = { authorization: caller.basic, ...(type && { 'content-type': type }) };
      const { status, body } = await booted.client.post(TOKEN, { raw, headers });
      expect([400, 415]).toContain(status);
      expect(Object.keys(body).length).toBeGreaterThan(0);
      expect(body['access_token']).toBeUndefined();
      expect(booted.users.verifications).toEqual([]);
    },
  );

  it('[O-15] refuses JSON that does not parse, without a word of it in the answer or the log', async () => {
    const headers = { authorization: caller.basic, 'content-type': 'application/json' };
    const { status, text } = await booted.client.post(TOKEN, { raw: '{"password":"hunter2"', headers });
    expect(status).toBe(400);
    expect(text + booted.log.join('\n')).not.toContain('hunter2');
  });
});
