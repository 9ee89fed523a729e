import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { knownBackupSet } from '../support/known-backup-set.js';
import { loginRoute } from '../support/logins.js';
import { oauthClient } from '../support/oauth.js';
import { provenToken, rawRows } from '../support/own-mfa.js';
import { par } from '../support/par.js';

const CODES = ['0123ABCD4567', '7654DCBA3210'];
const backup = knownBackupSet(CODES);

await describeOnEach('sessions of one user', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  beforeAll(async () => {
    const mfa = { sessions: { maxPerUser: 5, lifetimeSeconds: 7200 }, backupCodes: { onUse: 'keep' as const } };
    instances = await bootInstancesOn(kind, 2, { mfa });
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());

  const opens = async (token: string) => (await booted.client.get('/mfa/', { token })).status === 200;
  const live = async (tokens: readonly string[]) => (await Promise.all(tokens.map(opens))).filter(Boolean).length;
  const rows = async (name: string) => {
    const id = String(booted.users.named(name).id);
    return (await rawRows(booted, 'mfa_session')).filter((row) => row['user_id'] === id).length;
  };

  it('[X-19] are at most `maxPerUser`, and a login ends the oldest', async () => {
    addUser(instances, 'ann');
    const caller = await oauthClient(booted);
    const tokens: string[] = [];
    for (let times = 0; times < 4; times++) {
      booted.clock.advance(1);
      tokens.push(await booted.client.token('ann'));
      booted.clock.advance(1);
      tokens.push((await caller.tokens('ann')).access);
    }
    expect(await Promise.all(tokens.map(opens))).toEqual([false, false, false, true, true, true, true, true]);
    const others = await booted.client.token('bob');
    expect(await opens(others)).toBe(true);
  });

  it('[X-19] are at most that many after a hundred logins at the same moment, at two instances', async () => {
    addUser(instances, 'cy');
    const login = await loginRoute(booted, 'authtoken');
    for (let round = 0; round < 4; round++) {
      const answers = await par(instances.all, 25, () => login.request('cy'));
      const tokens = answers.flatMap((one) => login.token(one) ?? []);
      expect(tokens).toHaveLength(25);
      const alive = await live(tokens);
      // Those of one moment have no order, so two of them may end each other.
      expect([alive > 0, alive <= 5, (await rows('cy')) <= 5]).toEqual([true, true, true]);
      booted.clock.advance(1);
    }
  });

  it('[X-19] count while they live: one that has ended makes room, and a backup code counts like any other', async () => {
    addUser(instances, 'di');
    await enrolledByRow(booted, 'di', backup);
    const old = await booted.client.token('di', { mfa_code: await rightCode(booted, 'di') });
    booted.clock.advance(7201);
    const tokens = [await booted.client.token('di', { backup_code: CODES[0] })];
    for (let times = 0; times < 4; times++) {
      booted.clock.advance(60);
      tokens.push(await booted.client.token('di', { mfa_code: await rightCode(booted, 'di') }));
    }
    expect([await opens(old), await live(tokens)]).toEqual([false, 5]);
    booted.clock.advance(1);
    tokens.push(await booted.client.token('di', { backup_code: CODES[1] }));
    expect(await Promise.all(tokens.map(opens))).toEqual([false, true, true, true, true, true]);
  });
});

describe.each(PLATFORMS)('the scope that manages MFA on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  const ROUTES: [string, string, object?][] = [
    ['PUT', '/mfa/sms/request/', { phone_number: '14085550199' }],
    ['PUT', '/mfa/sms/verify/', { mfa_code: '123456' }],
    ['GET', '/mfa/recovery/'],
    ['DELETE', '/mfa/'],
  ];

  it('[X-19] is asked of clients, and of no user', async () => {
    booted = await bootApp({ platform, mfa: { managementScope: 'mfa' } });
    await enrolledByRow(booted, 'bob', backup);
    const caller = await oauthClient(booted, { scopes: ['read', 'mfa'] });
    const read = await caller.tokens('bob', { mfa_code: await rightCode(booted, 'bob'), scope: 'read' });
    for (const [method, path, json] of ROUTES) {
      const answered = await booted.client.request(method, path, { token: read.access, scheme: 'Bearer', json });
      expect([path, answered.status, answered.body['code']]).toEqual([path, 403, 'insufficient_scope']);
      expect(answered.headers.get('www-authenticate')).toBe(
        'Bearer realm="mfa", error="insufficient_scope", scope="mfa"',
      );
    }
    expect((await booted.client.get('/mfa/', { token: read.access })).body).toMatchObject({ enabled: true });
    expect((await booted.client.post('/mfa/step-up/', { token: read.access })).status).toBe(200);

    const manager = await caller.tokens('bob', { mfa_code: await rightCode(booted, 'bob'), scope: 'read mfa' });
    expect((await booted.client.get('/mfa/recovery/', { token: manager.access })).status).toBe(200);
    // A refresh to a narrower scope loses it.
    const narrower = await caller.refresh(manager.refresh, { scope: 'read' });
    const token = String(narrower.body['access_token']);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(403);
    booted.clock.advance(120);
    const own = await provenToken(booted, 'bob');
    expect((await booted.client.delete('/mfa/', { token: own })).status).toBe(204);
  });
});
