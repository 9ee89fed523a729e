import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OAuthClients } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { basic, oauthClient, type OAuthCaller, tokensOf } from '../support/oauth.js';

const GRANTED = [200, undefined];

/** @see https://www.rfc-editor.org/rfc/rfc6749 */
describe('RFC 6749 (OAuth 2.0), the token endpoint', () => {
  const endpoint = '/mfa/oauth2/token/';
  const login = { grant_type: 'password', username: 'alice', password: 'alice-password' };
  const outcome = async (sent: object): Promise<unknown[]> => {
    const { status, body } = await booted.client.post(endpoint, sent);
    return [status, body['error']];
  };
  let booted: BootedApp;
  let caller: OAuthCaller;
  beforeAll(async () => {
    booted = await bootApp();
    caller = await oauthClient(booted);
  });
  afterAll(() => booted.close());

  describe('§2.3 client authentication', () => {
    it('the client MUST NOT use more than one authentication method in each request', async () => {
      const form = { ...login, client_id: caller.id, client_secret: caller.secret };
      expect(await outcome({ form, headers: { authorization: caller.basic } })).toEqual([400, 'invalid_request']);
    });
  });

  describe('§2.3.1 client password', () => {
    it('MUST support the HTTP Basic authentication scheme', async () => {
      expect(await outcome({ form: login, headers: { authorization: caller.basic } })).toEqual(GRANTED);
    });

    it('takes the scheme in any case', async () => {
      const authorization = caller.basic.replace('Basic', 'bAsIc');
      expect(await outcome({ form: login, headers: { authorization } })).toEqual(GRANTED);
    });

    it('the identifier and the password are form-encoded before they are joined', async () => {
      const authorization = basic(percent(caller.id), percent(caller.secret));
      expect(authorization).not.toBe(caller.basic);
      expect(await outcome({ form: login, headers: { authorization } })).toEqual(GRANTED);
    });

    it('MAY support including the client credentials in the request body', async () => {
      const form = { ...login, client_id: caller.id, client_secret: caller.secret };
      expect(await outcome({ form })).toEqual(GRANTED);
    });

    it('the parameters MUST NOT be included in the request URI', async () => {
      const query = new URLSearchParams({ client_id: caller.id, client_secret: caller.secret }).toString();
      const { status, body } = await booted.client.post(`${endpoint}?${query}`, { form: login });
      expect([status, body['error']]).toEqual([401, 'invalid_client']);
    });
  });

  describe('§3.2 token endpoint', () => {
    it('the client MUST use the HTTP "POST" method', async () => {
      const headers = { authorization: caller.basic };
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        expect((await booted.client.request(method, endpoint, { form: login, headers })).status).toBe(405);
      }
      const query = new URLSearchParams(login).toString();
      expect((await booted.client.get(`${endpoint}?${query}`, { headers })).status).toBe(405);
    });

    it('parameters sent without a value MUST be treated as if they were omitted', async () => {
      tokensOf(await caller.password('alice', { scope: '', mfa_code: '', backup_code: '', refresh_token: '' }));
      expect((await caller.password('alice', { username: '' })).body['error']).toBe('invalid_request');
    });

    it('MUST ignore unrecognized request parameters', async () => {
      const { status, body } = await caller.password('alice', { foo: 'bar', user_id: '2', expires_in: '1' });
      expect([status, body['expires_in']]).toEqual([200, 900]);
    });

    it('parameters MUST NOT be included more than once', async () => {
      const raw = `${new URLSearchParams(login).toString()}&scope=read&scope=write`;
      const headers = { authorization: caller.basic, 'content-type': 'application/x-www-form-urlencoded' };
      expect(await outcome({ raw, headers })).toEqual([400, 'invalid_request']);
    });
  });

  describe('§3.3 access token scope', () => {
    it('if the client omits the scope, the server MUST process the request using a pre-defined default value', async () => {
      expect((await caller.password('alice')).body['scope']).toBe('read write');
    });

    it('is a list of space-delimited, case-sensitive strings', async () => {
      expect((await caller.password('alice', { scope: 'write read' })).body['scope']).toBe('write read');
      expect((await caller.password('alice', { scope: 'READ' })).body['error']).toBe('invalid_scope');
    });
  });

  describe('§4.3.2 resource owner password credentials', () => {
    it.each(['username', 'password'])('%s is REQUIRED', async (name) => {
      const form = Object.fromEntries(Object.entries(login).filter(([field]) => field !== name));
      expect(await outcome({ form, headers: { authorization: caller.basic } })).toEqual([400, 'invalid_request']);
    });

    it('MUST require client authentication for confidential clients', async () => {
      expect(await outcome({ form: { ...login, client_id: caller.id } })).toEqual([401, 'invalid_client']);
    });

    it('lets a public client sign users in by its identifier alone', async () => {
      const app = await oauthClient(booted, { public: true });
      tokensOf(await app.password('alice'));
      const secret = { client_id: app.id, client_secret: 'made-up' };
      expect(await outcome({ form: { ...login, ...secret } })).toEqual([401, 'invalid_client']);
    });
  });

  describe('§4.4 client credentials', () => {
    it('MUST only be used by confidential clients', async () => {
      const clients = booted.app.get(OAuthClients, { strict: false });
      const made = clients.create({ name: 'app', grants: ['client_credentials'], public: true });
      await expect(made).rejects.toThrow(/public client cannot have client_credentials/);
    });

    it('a refresh token SHOULD NOT be included (§4.4.3)', async () => {
      const own = await oauthClient(booted, { grants: ['client_credentials', 'refresh_token'] });
      const { status, body } = await own.token({ grant_type: 'client_credentials', scope: 'read' });
      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.any(String) as string,
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'read',
      });
    });

    it('refuses a scope that the client has not', async () => {
      const own = await oauthClient(booted, { grants: ['client_credentials'] });
      const { body } = await own.token({ grant_type: 'client_credentials', scope: 'admin' });
      expect(body['error']).toBe('invalid_scope');
    });
  });
});

function percent(text: string): string {
  return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
