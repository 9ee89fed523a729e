import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import type { Answered } from '../../support/client.js';
import { basic, OAuthCaller, oauthClient, tokensOf } from '../../support/oauth.js';

const TOKEN = '/mfa/oauth2/token/';
const LOGIN = { grant_type: 'password', username: 'alice', password: 'alice-password' };

describe.each(PLATFORMS)('client authentication on %s', (platform) => {
  let booted: BootedApp;
  let caller: OAuthCaller;
  beforeAll(async () => {
    booted = await bootApp({ platform });
    caller = await oauthClient(booted);
  });
  afterAll(() => booted.close());

  const send = (authorization: string, form: Record<string, string>): Promise<Answered> =>
    booted.client.post(TOKEN, { form, headers: { authorization } });

  describe('[D-01] only Basic is client authentication', () => {
    const OTHERS = ['Bearer old', 'Token x', '', 'Bearer', 'Digest username="x"', 'Basically x', 'x', 'Negotiate Og=='];

    it.each(OTHERS)('reads the body, whatever else stands in the header: %j', async (authorization) => {
      const credentials = { client_id: caller.id, client_secret: caller.secret };
      expect((await send(authorization, { ...LOGIN, ...credentials })).status).toBe(200);
      const app = await oauthClient(booted, { public: true });
      const { refresh } = tokensOf(await send(authorization, { ...LOGIN, client_id: app.id }));
      expect(
        (await send(authorization, { grant_type: 'refresh_token', refresh_token: refresh, client_id: app.id })).status,
      ).toBe(200);
    });

    it.each(OTHERS)('needs the secret of a confidential client all the same beside %j', async (authorization) => {
      for (const client_secret of ['', 'wrong']) {
        const answer = await send(authorization, { ...LOGIN, client_id: caller.id, client_secret });
        expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      }
      expect(await send(authorization, LOGIN)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    });

    it('signs in again with the old access token still in the header', async () => {
      const credentials = { client_id: caller.id, client_secret: caller.secret };
      const { access } = await caller.tokens('alice');
      for (const scheme of ['Bearer', 'Token'])
        expect((await send(`${scheme} ${access}`, { ...LOGIN, ...credentials })).status).toBe(200);
    });

    it.each(['Basic', 'Basic !', 'Basic Og==', 'basic x'])(
      'refuses the broken Basic header %j and reads no body in its place',
      async (authorization) => {
        const credentials = { client_id: caller.id, client_secret: caller.secret };
        for (const form of [LOGIN, { ...LOGIN, client_id: caller.id }]) {
          expect(await send(authorization, form)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
        }
        expect((await send(authorization, { ...LOGIN, ...credentials })).status).toBe(401);
      },
    );
  });

  it('[D-06] takes more than one blank after "Basic" (RFC 9110 §11.4)', async () => {
    expect((await send(caller.basic.replace(' ', '   '), LOGIN)).status).toBe(200);
  });

  describe('[D-12] a secret by Basic', () => {
    const SECRETS = ['a+b', 'a%41b', '100%', '%zz+', 'a%2Bb', '++', 'x y%20z', 'p:q+%3A'];

    async function withSecret(secret: string, id?: string): Promise<OAuthCaller> {
      const made = await oauthClient(booted);
      const change = { secretHash: createHash('sha256').update(secret).digest('hex'), ...(id && { id }) };
      await booted.database.getRepository('MfaOAuthClient').update({ id: made.id }, change);
      return new OAuthCaller(booted.client, id ?? made.id, secret);
    }

    it.each(SECRETS)('%j is taken as the RFC has it, and as it is', async (secret) => {
      const { id } = await withSecret(secret);
      expect((await send(basic(id, secret), LOGIN)).status).toBe(200);
      expect((await send(basic(encodeURIComponent(id), encodeURIComponent(secret)), LOGIN)).status).toBe(200);
      expect((await send(basic(id, new URLSearchParams({ x: secret }).toString().slice(2)), LOGIN)).status).toBe(200);
    });

    it.each(SECRETS)('of another client is none for %j', async (secret) => {
      const { id } = await withSecret(secret);
      for (const other of [`${secret}x`, secret.slice(1), encodeURIComponent(encodeURIComponent(`${secret}%`))]) {
        expect(await send(basic(id, other), LOGIN)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      }
    });

    it('goes with an identifier that is spelled in the same way', async () => {
      const { id, secret } = await withSecret('s+%41', 'app+%41');
      expect((await send(basic(id, secret), LOGIN)).status).toBe(200);
      expect((await send(basic(encodeURIComponent(id), encodeURIComponent(secret)), LOGIN)).status).toBe(200);
    });
  });
});
