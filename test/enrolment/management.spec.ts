import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { provenToken, rawRows, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { par } from '../support/par.js';

const TABLE = 'mfa_multi_factor_auth';

let booted: BootedApp;
let token: string;
afterEach(() => booted.close());

async function signedInBob(options = {}): Promise<void> {
  booted = await bootApp(options);
  await enrolled(booted, 'bob');
  token = await provenToken(booted, 'bob');
}

describe('an old session', () => {
  beforeEach(() => signedInBob());

  it.each(['DELETE /mfa/', 'GET /mfa/recovery/'])(
    '[E-01] [E-02] [T19] may neither turn MFA off nor fetch a backup code: %s',
    async (route) => {
      const [method, path] = route.split(' ') as [string, string];
      const before = await rawRows(booted, TABLE);
      booted.clock.advance(901);
      const refused = await denied(booted, () => booted.client.request(method, path, { token }));
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer realm="mfa", error="insufficient_user_authentication", max_age="900"',
      );
      expect(await rawRows(booted, TABLE)).toEqual(before);
    },
  );

  it.each(['DELETE /mfa/', 'GET /mfa/recovery/'])('[E-01] [E-02] may still %s at 900 s', async (route) => {
    const [method, path] = route.split(' ') as [string, string];
    booted.clock.advance(900);
    expect((await booted.client.request(method, path, { token })).status).toBeLessThan(300);
  });

  it('[E-01] is still told first that MFA is off, as documented', async () => {
    const alice = await booted.client.token('alice');
    booted.clock.advance(901);
    expect((await booted.client.delete('/mfa/', { token: alice })).body['code']).toBe('mfa_disabled');
  });
});

describe('turning MFA off', () => {
  beforeEach(() => signedInBob());

  it('[E-10] happens once, even for ten requests at the same moment', async () => {
    const headers = { authorization: `Token ${token}` };
    const answers = await par([booted], 10, () => ({ method: 'DELETE', path: '/mfa/', headers }));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused).toHaveLength(9);
    expect(new Set(refused.map(({ body }) => body['message']))).toEqual(
      new Set(['Two factor authentication is not enabled.']),
    );
    expect((await booted.client.get('/mfa/', { token })).body['enabled']).toBe(false);
  });

  it('[E-19] leaves no secret, number, code or request behind', async () => {
    await booted.client.get('/mfa/recovery/', { token });
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
    const [row] = await rawRows(booted, TABLE);
    expect(row).toMatchObject({ challenge_type: '', phone_number: '', factors: '[]', pending_factors: '[]' });
    expect(JSON.stringify(row)).not.toContain('14085550101');
    const code = booted.outbox.lastCode();
    expect(Object.values(row!).filter((value) => String(value) === code)).toEqual([]);
  });

  it('[E-19] [T18] makes the codes of before worthless, also after MFA is on again', async () => {
    const { backup_code } = (await booted.client.get('/mfa/recovery/', { token })).body;
    booted.clock.advance(60);
    const code = await codeByLogin(booted, 'bob');
    await booted.client.delete('/mfa/', { token });
    await requestPhone(booted, token, '14085550101');
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
    await denied(booted, () => booted.client.login('bob', { mfa_code: code }));
    await denied(booted, () => booted.client.login('bob', { backup_code }));
  });
});

describe.each(PLATFORMS)('fetching a backup code on %s', (platform) => {
  beforeEach(() => signedInBob({ platform }));

  it('[E-17] [T29] does not happen for HEAD', async () => {
    const before = await rawRows(booted, TABLE);
    const refused = await denied(booted, () => booted.client.request('HEAD', '/mfa/recovery/', { token }));
    expect(refused.status).toBe(405);
    expect(await rawRows(booted, TABLE)).toEqual(before);
  });

  it.each<Record<string, string>>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { purpose: 'prefetch' },
    { 'x-moz': 'prefetch' },
  ])('[E-17] does not happen for %j', async (headers) => {
    const before = await rawRows(booted, TABLE);
    const refused = await denied(booted, () => booted.client.get('/mfa/recovery/', { token, headers }));
    expect(refused.status).toBe(403);
    expect(await rawRows(booted, TABLE)).toEqual(before);
  });

  it('[E-17] takes no token from a cookie or from the address', async () => {
    const headers = { cookie: `token=${token}; session=${token}; sessionid=${token}` };
    const path = `/mfa/recovery/?token=${token}&access_token=${token}`;
    expect((await denied(booted, () => booted.client.get(path, { headers }))).status).toBe(401);
  });
});
