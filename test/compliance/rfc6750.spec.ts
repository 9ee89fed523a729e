import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { oauthClient } from '../support/oauth.js';

/** @see https://www.rfc-editor.org/rfc/rfc6750 */
describe.each(PLATFORMS)('RFC 6750 (bearer tokens) on %s', (platform) => {
  let booted: BootedApp;
  let token: string;
  beforeAll(async () => {
    booted = await bootApp({ platform });
    token = (await (await oauthClient(booted)).tokens('alice')).access;
  });
  afterAll(() => booted.close());

  const withHeader = async (authorization: string, path = '/mfa/') =>
    booted.client.get(path, { headers: { authorization } });

  describe('§2.1 authorization request header field', () => {
    it.each(['Bearer', 'bearer', 'BEARER'])('takes the "%s" scheme', async (scheme) => {
      expect((await booted.client.get('/mfa/', { token, scheme })).status).toBe(200);
    });

    it.each(['Bearer  ', 'bearer     ', 'Token   '])('[D-06] takes 1*SP after the scheme: %j', async (scheme) => {
      for (const path of ['/mfa/', '/app/me']) expect((await withHeader(`${scheme}${token}`, path)).status).toBe(200);
    });

    it.each(['Bearer\t', 'Bearer \t', '  ', 'Bearer,', 'Bearer='])(
      '[D-06] takes nothing else there: %j',
      async (start) => {
        expect((await withHeader(`${start}${token}`)).status).toBe(401);
      },
    );

    it('opens routes of the application as well', async () => {
      const { status, body } = await withHeader(`Bearer ${token}`, '/app/me');
      expect([status, body['username']]).toEqual([200, 'alice']);
    });

    it('takes one b64token after the scheme and nothing else', async () => {
      for (const value of [`${token} x`, `${token} ${token}`, `${token},${token}`, `"${token}"`, `=${token}`, ' ']) {
        expect([value, (await withHeader(`Bearer ${value}`)).status]).toEqual([value, 401]);
      }
      expect((await withHeader(`Bearer${token}`)).status).toBe(401);
    });

    it('the token is compared to its last character', async () => {
      for (const other of [token.slice(0, -1), `${token}A`, token.toUpperCase(), token.toLowerCase()]) {
        expect((await withHeader(`Bearer ${other}`)).status).toBe(401);
      }
    });
  });

  describe('§3 the WWW-Authenticate response header field', () => {
    it('if the request lacks any authentication information, the response SHOULD NOT include an error code', async () => {
      for (const path of ['/mfa/', '/mfa/recovery/', '/app/me', '/app/vault']) {
        const { status, headers } = await booted.client.get(path);
        expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer realm="mfa"']);
      }
    });
  });

  describe('§3.1 error codes', () => {
    it('invalid_token: the token is malformed, unknown or revoked; 401', async () => {
      for (const path of ['/mfa/', '/app/me']) {
        const { status, headers, body } = await withHeader('Bearer unknown', path);
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe('Bearer realm="mfa", error="invalid_token"');
        expect(body).toEqual({
          statusCode: 401,
          error: 'Unauthorized',
          message: 'Authentication credentials were not provided or are not valid.',
          code: 'not_authenticated',
        });
      }
    });

    it("[D-06] insufficient_scope: the request needs more than the token may do, e.g. a client's own token; 403", async () => {
      const job = await oauthClient(booted, { grants: ['client_credentials'] });
      const { body } = await job.token({ grant_type: 'client_credentials' });
      for (const path of ['/mfa/', '/mfa/recovery/', '/app/me', '/app/vault']) {
        const answered = await withHeader(`Bearer ${String(body['access_token'])}`, path);
        expect([path, answered.status, answered.body['code']]).toEqual([path, 403, 'user_required']);
        expect(answered.headers.get('www-authenticate')).toBe('Bearer realm="mfa", error="insufficient_scope"');
      }
    });

    it('invalid_token: the token is expired', async () => {
      const { access } = await (await oauthClient(booted)).tokens('alice');
      booted.clock.advance(900);
      const { status, headers } = await withHeader(`Bearer ${access}`);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    });
  });

  it('§5.3: answers that need a token are not kept by caches', async () => {
    const { headers } = await withHeader('Bearer unknown');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Authorization');
  });
});
