import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaSession } from '../../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import type { Answered } from '../../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../../support/databases.js';
import { bootInstancesOn } from '../../support/instances.js';
import { basic, OAuthCaller, oauthClient, type Tokens, tokensOf } from '../../support/oauth.js';

const REVOKE = '/mfa/oauth2/revoke_token/';

const opens = async ({ client }: BootedApp, token: string, scheme = 'Bearer'): Promise<number> =>
  (await client.get('/app/me', { token, scheme })).status;

function revoke({ client }: BootedApp, caller: OAuthCaller, form: Record<string, string>): Promise<Answered> {
  return caller.secret
    ? client.post(REVOKE, { form, headers: { authorization: caller.basic } })
    : client.post(REVOKE, { form: { ...form, client_id: caller.id } });
}

/** @see https://www.rfc-editor.org/rfc/rfc7009 */
describe.each(PLATFORMS)('POST /mfa/oauth2/revoke_token/ on %s', (platform) => {
  let booted: BootedApp;
  let caller: OAuthCaller;
  beforeEach(async () => {
    booted = await bootApp({ platform });
    caller = await oauthClient(booted);
  });
  afterEach(() => booted.close());

  async function expectDead({ access, refresh }: Tokens, owner = caller): Promise<void> {
    expect(await opens(booted, access)).toBe(401);
    expect((await owner.refresh(refresh)).body['error']).toBe('invalid_grant');
    expect(await booted.database.getRepository(MfaSession).count()).toBe(0);
  }

  it.each(['access', 'refresh'] as const)('[D-08] [O-12] ends both tokens of a grant by its %s token', async (kind) => {
    for (const path of [REVOKE, REVOKE.slice(0, -1)]) {
      const tokens = await caller.tokens('alice');
      const sent = { form: { token: tokens[kind] }, headers: { authorization: caller.basic } };
      const { status, text } = await booted.client.post(path, sent);
      expect([status, text]).toEqual([200, '{}']);
      await expectDead(tokens);
    }
  });

  it('[D-08] ends a session whose access token has expired, by either token', async () => {
    for (const kind of ['access', 'refresh'] as const) {
      const tokens = await caller.tokens('alice');
      booted.clock.advance(901);
      expect(await opens(booted, tokens.access)).toBe(401);
      expect((await revoke(booted, caller, { token: tokens[kind] })).status).toBe(200);
      await expectDead(tokens);
    }
  });

  it('[D-08] ends it by a refresh token that another tab has replaced', async () => {
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    expect((await revoke(booted, caller, { token: first.refresh })).status).toBe(200);
    await expectDead(second);
  });

  it.each(['access_token', 'refresh_token', 'pct_token', ''])('[D-08] looks past the hint %j', async (hint) => {
    for (const kind of ['access', 'refresh'] as const) {
      const tokens = await caller.tokens('alice');
      const form = { token: tokens[kind], token_type_hint: hint };
      expect((await revoke(booted, caller, form)).status).toBe(200);
      await expectDead(tokens);
    }
  });

  it('[D-08] ends the session of a public client by its identifier, and a client’s own token', async () => {
    const app = await oauthClient(booted, { public: true });
    const tokens = await app.tokens('alice');
    expect((await revoke(booted, app, { token: tokens.refresh })).status).toBe(200);
    await expectDead(tokens, app);
    const job = await oauthClient(booted, { grants: ['client_credentials'] });
    const token = String((await job.token({ grant_type: 'client_credentials' })).body['access_token']);
    expect(await opens(booted, token)).toBe(403);
    expect((await revoke(booted, job, { token })).status).toBe(200);
    expect(await opens(booted, token)).toBe(401);
  });

  it('[D-08] answers 200 for a token that is unknown, or was revoked before', async () => {
    const { access, refresh } = await caller.tokens('alice');
    const { access: other } = await caller.tokens('alice');
    for (const token of [access, access, refresh, 'x', '.', 'x.y', `${'a'.repeat(43)}.${'b'.repeat(43)}`, 'ü%00']) {
      const { status, text } = await revoke(booted, caller, { token });
      expect([token, status, text]).toEqual([token, 200, '{}']);
    }
    expect(await opens(booted, other)).toBe(200);
  });

  it('[D-08] [O-12] touches no token of another client, and none of the token login', async () => {
    const [other, app] = [await oauthClient(booted), await oauthClient(booted, { public: true })];
    const { access, refresh } = await caller.tokens('alice');
    const token = await booted.client.token('alice');
    for (const thief of [other, app]) {
      for (const stolen of [access, refresh, token]) {
        expect((await revoke(booted, thief, { token: stolen })).status).toBe(200);
      }
    }
    expect([await opens(booted, access), await opens(booted, token, 'Token')]).toEqual([200, 200]);
    expect((await caller.refresh(refresh)).status).toBe(200);
  });

  it('[D-08] authenticates the client as the token route does', async () => {
    const { access, refresh } = await caller.tokens('alice');
    const form = { token: refresh };
    const wrong: [Record<string, string>, Record<string, string>][] = [
      [form, {}],
      [form, { authorization: `Bearer ${access}` }],
      [form, { authorization: basic(caller.id, 'wrong') }],
      [{ ...form, client_id: caller.id }, {}],
      [{ ...form, client_id: caller.id, client_secret: 'wrong' }, {}],
    ];
    for (const [sent, headers] of wrong) {
      const answered = await booted.client.post(REVOKE, { form: sent, headers });
      expect(answered).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      expect(answered.headers.get('www-authenticate')).toBe('Basic realm="mfa"');
    }
    expect(await opens(booted, access)).toBe(200);
    const json = { token: refresh, client_id: caller.id, client_secret: caller.secret };
    const headers = { authorization: `Bearer ${access}` };
    expect((await booted.client.post(REVOKE, { json, headers })).status).toBe(200);
    await expectDead({ access, refresh });
  });

  it('[D-03] [D-08] answers every mistake in the form of RFC 6749 §5.2', async () => {
    const type = { 'content-type': 'application/json', authorization: caller.basic };
    const answers = [
      await revoke(booted, caller, {}),
      await revoke(booted, caller, { token: '' }),
      await booted.client.post(REVOKE, { json: { token: ['x'] }, headers: { authorization: caller.basic } }),
      await booted.client.post(REVOKE, { raw: '{', headers: type }),
      await booted.client.get(REVOKE),
    ];
    expect(answers.map(({ status, body }) => [status, body['error'], Object.keys(body).length])).toEqual(
      [400, 400, 400, 400, 405].map((status) => [status, 'invalid_request', 2]),
    );
  });

  it('[D-08] does not take the token from the query', async () => {
    const { access } = await caller.tokens('alice');
    const headers = { authorization: caller.basic };
    expect((await booted.client.post(`${REVOKE}?token=${access}`, { headers })).status).toBe(400);
    expect(await opens(booted, access)).toBe(200);
  });
});

await describeOnEach('revocation', DATABASE_KINDS, (kind) => {
  it('[D-08] ends a session on every instance, also while it is refreshed', async () => {
    const instances = await bootInstancesOn(kind, 2);
    const [first, second] = instances.all as [BootedApp, BootedApp];
    const caller = await oauthClient(first);
    const there = new OAuthCaller(second.client, caller.id, caller.secret);
    for (let round = 0; round < 3; round++) {
      const { refresh } = await caller.tokens('alice');
      const [refreshed] = await Promise.all([caller.refresh(refresh), revoke(second, there, { token: refresh })]);
      expect(await opens(first, String(refreshed.body['access_token']))).toBe(401);
      expect(await first.database.getRepository(MfaSession).count()).toBe(0);
    }
    await instances.close();
  });
});
