import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CurrentSession, MfaSession, SessionGuard } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { basic, oauthClient, type OAuthCaller, tokensOf } from '../support/oauth.js';

@Controller('scope')
class ScopeController {
  @Get()
  @UseGuards(SessionGuard)
  scope(@CurrentSession() { scope }: MfaSession): object {
    return { scope };
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749 */
describe('RFC 6749 (OAuth 2.0), the answers of the token endpoint', () => {
  let booted: BootedApp;
  let caller: OAuthCaller;
  beforeAll(async () => {
    booted = await bootApp({ controllers: [ScopeController] });
    caller = await oauthClient(booted);
  });
  afterAll(() => booted.close());

  const scopeOf = async (token: string): Promise<unknown> =>
    (await booted.client.get('/scope', { token, scheme: 'Bearer' })).body['scope'];

  describe('§5.1 successful response', () => {
    it('adds the parameters to the body of a 200 in JSON', async () => {
      const { status, headers, body } = await caller.password('alice', { scope: 'read' });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(body).toEqual({
        access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
        token_type: 'Bearer',
        expires_in: 900,
        refresh_token: expect.stringMatching(/^[\w-]{43}\.[\w-]{43}$/) as string,
        scope: 'read',
      });
    });

    it('MUST include "Cache-Control: no-store" and "Pragma: no-cache"', async () => {
      for (const { headers } of [await caller.password('alice'), await caller.password('alice', { password: 'x' })]) {
        expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
      }
    });
  });

  describe('§5.2 error response', () => {
    it('invalid_request: the request is missing a required parameter', async () => {
      expect(await caller.token({})).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('invalid_client: client authentication failed; 401 and "WWW-Authenticate" with the scheme used', async () => {
      const tries = [basic(caller.id, 'wrong'), basic('unknown', 'wrong'), 'Basic', 'Bearer x'];
      for (const authorization of tries) {
        const answer = await booted.client.post('/mfa/oauth2/token/', { form: {}, headers: { authorization } });
        expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
        expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
      }
    });

    it('invalid_grant: the resource owner credentials are invalid', async () => {
      for (const [username, password] of ['alice wrong', 'nobody alice-password', 'carol carol-password'].map(words)) {
        const { status, body } = await caller.password(username!, { password: password! });
        const error_description = 'Unable to log in with provided credentials.';
        expect([status, body]).toEqual([400, { error: 'invalid_grant', error_description }]);
      }
    });

    it('invalid_grant: the refresh token is invalid, expired or revoked', async () => {
      for (const token of ['x', 'x.y', `${'a'.repeat(43)}.${'b'.repeat(43)}`, '.', '..']) {
        expect(await caller.refresh(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      }
    });

    it('unauthorized_client: the client is not authorized to use this grant', async () => {
      const answer = await caller.token({ grant_type: 'client_credentials' });
      expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    });

    it.each([false, true])(
      'unsupported_grant_type: the server does not know the grant (public: %s)',
      async (isPublic) => {
        const client = await oauthClient(booted, { public: isPublic });
        const answer = await client.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code' });
        expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
      },
    );

    it('invalid_scope: the requested scope is unknown or malformed', async () => {
      for (const scope of ['admin', 'read admin', 'read "', 'réad']) {
        expect(await caller.password('alice', { scope })).toMatchObject({
          status: 400,
          body: { error: 'invalid_scope' },
        });
      }
    });

    it('the description holds no characters outside of %x20-21 / %x23-5B / %x5D-7E', async () => {
      const answers = [
        await caller.token({}),
        await caller.token({ grant_type: 'x"\\é' }),
        await caller.refresh('"é\\'),
        await caller.password('alice', { scope: '"é' }),
        await caller.password('alice', { password: '"é\\' }),
      ];
      for (const { body } of answers) expect(body['error_description']).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    });
  });

  describe('§6 refreshing an access token', () => {
    it('MAY issue a new refresh token, and the client MUST discard the old one', async () => {
      const first = await caller.tokens('alice');
      const second = tokensOf(await caller.refresh(first.refresh));
      expect(second.refresh).not.toBe(first.refresh);
      expect([await scopeOf(first.access), await scopeOf(second.access)]).toEqual([undefined, ['read', 'write']]);
    });

    it('the requested scope MUST NOT include any scope not originally granted', async () => {
      const { refresh } = await caller.tokens('alice', { scope: 'read' });
      expect((await caller.refresh(refresh, { scope: 'read write' })).body['error']).toBe('invalid_scope');
    });

    it('narrows the access token, while the new refresh token keeps the scope of the old one', async () => {
      const first = await caller.tokens('alice');
      const narrow = await caller.refresh(first.refresh, { scope: 'read' });
      expect(narrow.body['scope']).toBe('read');
      expect(await scopeOf(tokensOf(narrow).access)).toEqual(['read']);
      const wide = await caller.refresh(tokensOf(narrow).refresh);
      expect(wide.body['scope']).toBe('read write');
      expect(await scopeOf(tokensOf(wide).access)).toEqual(['read', 'write']);
    });

    it('MUST require client authentication for confidential clients', async () => {
      const { refresh } = await caller.tokens('alice');
      const form = { grant_type: 'refresh_token', refresh_token: refresh, client_id: caller.id };
      const answer = await booted.client.post('/mfa/oauth2/token/', { form });
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      tokensOf(await caller.refresh(refresh));
    });

    it('MUST ensure that the refresh token was issued to the authenticated client', async () => {
      const { refresh } = await caller.tokens('alice');
      const other = await oauthClient(booted);
      expect((await other.refresh(refresh)).body['error']).toBe('invalid_grant');
    });
  });
});

function words(text: string): string[] {
  return text.split(' ');
}
