import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { codeByLogin, enrolled } from '../../support/enrolled.js';
import { eventLog } from '../../support/event-log.js';
import { holdReads } from '../../support/hold-reads.js';
import { basic, OAuthCaller, oauthClient, tokensOf } from '../../support/oauth.js';
import { par } from '../../support/par.js';
import { prompted } from '../../support/prompted.js';

describe('the token endpoint under attack', () => {
  let booted: BootedApp;
  let log: ReturnType<typeof eventLog>;
  beforeEach(async () => {
    log = eventLog();
    booted = await bootApp({ mfa: { events: log.listener } });
  });
  afterEach(() => booted.close());

  const sessions = (): Promise<number> => booted.database.getRepository('mfa_session').count();
  const opens = async (token: string): Promise<number> =>
    (await booted.client.get('/app/me', { token, scheme: 'Bearer' })).status;

  it('[O-01] grants a client nothing that was not named when it was made, and looks at no user for it', async () => {
    const lookUp = vi.spyOn(booted.users, 'findByUsername');
    for (const grants of [[], ['refresh_token' as const]]) {
      const client = await oauthClient(booted, { grants });
      const { status, body } = await client.password('alice');
      expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
    }
    expect(lookUp).not.toHaveBeenCalled();
    expect(booted.users.verifications).toEqual([]);
    expect(booted.outbox.count + (await sessions())).toBe(0);
  });

  it('[O-02] gives a client of another grant no second-factor attempt and no message', async () => {
    await enrolled(booted, 'bob');
    const before = [booted.outbox.count, booted.users.verifications.length];
    const client = await oauthClient(booted, { grants: ['client_credentials'] });
    for (const name of ['nothing', 'mfa_code', 'backup_code']) {
      expect((await client.password('bob', { [name]: '000000000000' })).body['error']).toBe('unauthorized_client');
    }
    expect([booted.outbox.count, booted.users.verifications.length]).toEqual(before);
    const [row] = await booted.database.query<Record<string, unknown>[]>('SELECT * FROM mfa_multi_factor_auth');
    expect(row).toMatchObject({ code_failures: 0, backup_failures: 0 });
  });

  it('[O-03] answers a challenge with what the second call needs and nothing that opens anything', async () => {
    await enrolled(booted, 'bob');
    const before = await sessions();
    const { status, body, headers } = await (await oauthClient(booted)).password('bob');
    expect([status, body]).toEqual([200, prompted('sms')]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('set-cookie')).toBeNull();
    expect(await sessions()).toBe(before);
  });

  it.each([
    ['password[]=x', 'grant_type=password&username=alice&password[]=alice-password'],
    ['password[password]=1', 'grant_type=password&username=alice&password[password]=1'],
    ['username[]=', 'grant_type=password&username[]=alice&password=alice-password'],
    ['a duplicated password', 'grant_type=password&username=alice&password=alice-password&password=x'],
    ['a duplicated grant', 'grant_type=password&grant_type=password&username=alice&password=alice-password'],
    ['mfa_code[]=', 'grant_type=password&username=alice&password=alice-password&mfa_code=1&mfa_code=2'],
    ['a duplicated scope', 'grant_type=password&username=alice&password=alice-password&scope=read&scope=read'],
    ['a duplicated refresh token', 'grant_type=refresh_token&refresh_token=a&refresh_token=b'],
  ])('[O-04] refuses %s, and no directory sees it', async (_, raw) => {
    const { basic: authorization } = await oauthClient(booted);
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const { status, body } = await booted.client.post('/mfa/oauth2/token/', { raw, headers });
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
    expect(booted.users.verifications).toEqual([]);
  });

  it.each([true, 1, null, ['alice-password'], { $ne: '' }, [[]]])(
    '[O-04] refuses the JSON value %j for every text',
    async (value) => {
      const { basic: authorization } = await oauthClient(booted);
      for (const name of ['grant_type', 'username', 'password', 'scope', 'refresh_token']) {
        const json = { grant_type: 'password', username: 'alice', password: 'alice-password', [name]: value };
        const { status, body } = await booted.client.post('/mfa/oauth2/token/', { json, headers: { authorization } });
        expect([name, status, body['error']]).toEqual([name, 400, 'invalid_request']);
      }
      expect(booted.users.verifications).toEqual([]);
    },
  );

  it('[O-05] refuses a confidential client without its secret, whatever stands in its place', async () => {
    const { id, secret } = await oauthClient(booted);
    const other = await oauthClient(booted);
    const login = { grant_type: 'password', username: 'alice', password: 'alice-password', client_id: id };
    const bodies = [undefined, '', [], 0, null, [secret], {}, `${secret} `, secret.slice(1), other.secret].map(
      (client_secret) => ({ json: { ...login, client_secret } }),
    );
    const headers = [basic(id, ''), basic(id, 'wrong'), basic('', secret), 'Basic !', 'Bearer x'].map(
      (authorization) => ({ json: login, headers: { authorization } }),
    );
    for (const sent of [...bodies, ...headers]) {
      const answer = await booted.client.post('/mfa/oauth2/token/', sent);
      expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client']);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="mfa"');
    }
    expect(booted.users.verifications).toEqual([]);
  });

  it('[O-05] gives a client without a secret no token of its own, even where its row names the grant', async () => {
    const { id } = await oauthClient(booted, { public: true });
    const client = new OAuthCaller(booted.client, id);
    await booted.database.query("UPDATE mfa_oauth_client SET grants = 'password client_credentials' WHERE id = ?", [
      id,
    ]);
    const secrets: Record<string, string>[] = [{}, { client_secret: '' }, { client_secret: 'x' }];
    for (const secret of secrets) {
      const { status, body } = await client.token({ grant_type: 'client_credentials', ...secret });
      expect([status, body['error']]).toEqual([401, 'invalid_client']);
    }
    expect(await sessions()).toBe(0);
    tokensOf(await client.password('alice'));
  });

  it('[O-06] tells nothing of its inside when the database fails', async () => {
    const client = await oauthClient(booted);
    await booted.database.query('DROP TABLE mfa_multi_factor_auth');
    const { status, body, text } = await client.password('alice');
    expect([status, body]).toEqual([500, { error: 'server_error', error_description: 'Internal server error' }]);
    expect(text).not.toMatch(/select|sqlite|mfa_multi|user_id/i);
  });

  it('[O-06] tells nothing of what a directory throws, in the answer or in the log', async () => {
    const client = await oauthClient(booted);
    vi.spyOn(booted.users, 'findByUsername').mockRejectedValue(new Error('SELECT LEAK-654321 FROM users'));
    const { status, body } = await client.password('alice');
    expect([status, body]).toEqual([500, { error: 'server_error', error_description: 'Internal server error' }]);
    expect(booted.log.join('\n')).not.toContain('LEAK-654321');
  });

  it('[O-07] does not take the refresh token of another client, which keeps it', async () => {
    const [mine, other] = [await oauthClient(booted), await oauthClient(booted)];
    const { access, refresh } = await mine.tokens('alice');
    expect((await other.refresh(refresh)).body['error']).toBe('invalid_grant');
    expect(await opens(access)).toBe(200);
    tokensOf(await mine.refresh(refresh));
  });

  it('[O-08] takes a refresh token once, even for ten requests at the same moment', async () => {
    await enrolled(booted, 'bob');
    const client = await oauthClient(booted);
    const { access, refresh } = await client.tokens('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    // All of them have found the token good before one of them spends it.
    holdReads([booted.database], 10);
    const answers = await par([booted], 10, () => ({
      path: '/mfa/oauth2/token/',
      form: { grant_type: 'refresh_token', refresh_token: refresh },
      headers: { authorization: client.basic },
    }));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 400).map(({ body }) => body['error']);
    expect(refused).toEqual(Array.from({ length: 9 }, () => 'invalid_grant'));
    const next = tokensOf(won[0]!);
    // Whoever lost is another tab of the client, which goes on. Whoever comes later is a thief or the victim of one.
    expect([await opens(access), await opens(next.access)]).toEqual([401, 200]);
    booted.clock.advance(11);
    expect((await client.refresh(refresh)).body['error']).toBe('invalid_grant');
    expect(await opens(next.access)).toBe(401);
    expect((await client.refresh(next.refresh)).body['error']).toBe('invalid_grant');
    expect((await client.refresh(refresh)).body['error']).toBe('invalid_grant');
    expect(log.count('refresh_token_reused', '2')).toBe(1);
  });

  it('[O-08] ends the whole family when a used refresh token comes again', async () => {
    const client = await oauthClient(booted);
    const first = await client.tokens('alice');
    const second = tokensOf(await client.refresh(first.refresh));
    expect([await opens(first.access), await opens(second.access)]).toEqual([401, 200]);
    const third = tokensOf(await client.refresh(second.refresh));
    booted.clock.advance(11);
    expect((await client.refresh(first.refresh)).body['error']).toBe('invalid_grant');
    expect(await opens(third.access)).toBe(401);
    expect((await client.refresh(third.refresh)).body['error']).toBe('invalid_grant');
    expect(log.count('refresh_token_reused', '1')).toBe(1);
  });

  it('[O-09] [T16] refreshes nothing from before MFA was turned on', async () => {
    const client = await oauthClient(booted);
    const { refresh } = await client.tokens('bob');
    await enrolled(booted, 'bob');
    expect((await client.refresh(refresh)).body['error']).toBe('invalid_grant');
  });

  it('[O-09] refreshes nothing from before MFA was turned off', async () => {
    await enrolled(booted, 'bob');
    const client = await oauthClient(booted);
    const { access, refresh } = await client.tokens('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    booted.clock.advance(60);
    const token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
    expect(await opens(access)).toBe(401);
    expect((await client.refresh(refresh)).body['error']).toBe('invalid_grant');
  });
});
