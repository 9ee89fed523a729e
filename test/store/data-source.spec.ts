import type { INestApplication } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  MfaSession,
  MultiFactorAuth,
  type MultiFactorAuthEntity,
  MultiFactorAuthService,
  OAuthClients,
  Upkeep,
} from '../../src/index.js';
import { AmbientTransactions } from '../applications/ambient-transactions.js';
import { dataSourceApplication, SoftlyDeletedMfa } from '../applications/data-source-app.js';
import { enrol } from '../applications/enrol.js';
import { start, type StartedApplication } from '../applications/start.js';
import { type DatabaseKind, describeOnEach, makeMigrated, type TestDatabase } from '../support/databases.js';
import type { Client } from '../support/client.js';
import { Outbox } from '../support/outbox.js';
import { prompted } from '../support/prompted.js';

let started: StartedApplication;
let outbox: Outbox;
const databases: TestDatabase[] = [];

afterEach(async () => {
  await started.close();
  for (const { drop } of databases.splice(0)) await drop();
});

async function boot(options: DataSourceOptions, entity?: MultiFactorAuthEntity): Promise<void> {
  outbox = new Outbox();
  started = await start(dataSourceApplication(options, outbox, entity));
}

/** Asks for tokens by a refresh token, of which a login has given the first. */
async function refreshing(client: Client) {
  const clients = started.app.get(OAuthClients, { strict: false });
  const { clientId, clientSecret } = await clients.create({ name: 'app', grants: ['password'] });
  const ask = (form: Record<string, string>) =>
    client.post('/mfa/oauth2/token/', { form: { client_id: clientId, client_secret: clientSecret!, ...form } });
  const login = await ask({ grant_type: 'password', username: 'bob', password: 'bob-password' });
  return {
    clientId,
    first: String(login.body['refresh_token']),
    refresh: (refresh_token: string) => ask({ grant_type: 'refresh_token', refresh_token }),
  };
}

/** No decision may use a stale row; each step reads what the previous one wrote. */
function tests(): void {
  it('[H-03] asks for the second factor from the moment on that it is on', async () => {
    const { client } = started;
    const before = await client.token('alice');
    const kept = await enrol(client, outbox, 'alice');
    expect((await client.login('alice')).body).toEqual(prompted('sms'));
    expect((await client.get('/mfa/', { token: before })).status).toBe(401);
    expect((await client.get('/vault', { token: kept })).status).toBe(200);
  });

  it('[H-03] accepts a right code immediately, and only once', async () => {
    const { client } = started;
    await enrol(client, outbox, 'alice');
    await client.login('alice');
    const mfa_code = outbox.lastCode();
    expect((await client.login('alice', { mfa_code })).status).toBe(200);
    expect((await client.login('alice', { mfa_code })).status).toBe(400);
  });

  it('[H-03] refuses a token after logout', async () => {
    const { client } = started;
    const token = await client.token('alice');
    expect((await client.get('/mfa/', { token })).status).toBe(200);
    expect((await client.post('/mfa/logout/', { token })).status).toBe(204);
    expect((await client.get('/mfa/', { token })).status).toBe(401);
  });

  it('[H-03] refuses a used refresh token and a removed client', async () => {
    const { clientId, first, refresh } = await refreshing(started.client);
    expect((await refresh(first)).status).toBe(200);
    expect((await refresh(first)).body['error']).toBe('invalid_grant');
    await started.app.get(OAuthClients, { strict: false }).remove(clientId);
    expect((await refresh(first)).body['error']).toBe('invalid_client');
  });

  it('[H-03] counts wrong passwords and wrong codes', async () => {
    const { client } = started;
    const statuses = [];
    for (let guess = 0; guess < 12; guess++) statuses.push((await client.login('bob', { password: 'guess' })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429, 429]);
    await enrol(client, outbox, 'alice');
    const codes = [];
    for (let guess = 0; guess < 6; guess++) codes.push((await client.login('alice', { mfa_code: '000000' })).status);
    expect(codes).toEqual([400, 400, 400, 400, 400, 429]);
  });

  it('[H-03] purges an expired session', async () => {
    const upkeep = started.app.get(Upkeep, { strict: false });
    const token = await started.client.token('alice');
    expect(await upkeep.purge()).toMatchObject({ sessions: 0 });
    await started.app
      .get(DataSource)
      .getRepository(MfaSession)
      .update({ userId: '1' }, { expiresAt: new Date(1) });
    expect(await upkeep.purge()).toMatchObject({ sessions: 1, done: true });
    expect((await started.client.get('/mfa/', { token })).status).toBe(401);
  });
}

describe('a data source that caches every query', () => {
  const cache = { alwaysEnabled: true, duration: 600_000 };
  beforeEach(() => boot({ type: 'better-sqlite3', database: ':memory:', synchronize: true, cache }));

  it('[H-03] (set-up) answers the application from its cache', async () => {
    const rows = started.app.get(DataSource).getRepository(MultiFactorAuth);
    expect(await rows.count()).toBe(0);
    await enrol(started.client, outbox, 'alice');
    expect(await rows.count()).toBe(0);
  });

  tests();
});

describe('an entity of the application with a column of softly deleted rows', () => {
  it('[H-03] still says that MFA is on when its row is deleted softly', async () => {
    await boot({ type: 'better-sqlite3', database: ':memory:', synchronize: true }, SoftlyDeletedMfa);
    await enrol(started.client, outbox, 'alice');
    await started.app.get(DataSource).getRepository(SoftlyDeletedMfa).softDelete({ userId: '1' });
    expect((await started.client.login('alice')).body).toEqual(prompted('sms'));
  });
});

describe('a data source with every option that changes queries', () => {
  beforeEach(() =>
    boot({
      type: 'better-sqlite3',
      database: ':memory:',
      synchronize: true,
      entitySkipConstructor: true,
      relationLoadStrategy: 'query',
      isolateWhereStatements: true,
      invalidWhereValuesBehavior: { null: 'ignore', undefined: 'ignore' },
      maxQueryExecutionTime: 1,
      subscribers: [],
    }),
  );

  tests();
});

await describeOnEach('a library of ambient transactions', ['postgres', 'mariadb'], (kind) => {
  let ambient: AmbientTransactions;
  beforeEach(async () => {
    ambient = new AmbientTransactions();
    databases.push(await makeMigrated(kind, 'ambient'));
    outbox = new Outbox();
    const setUp = (app: INestApplication) => ambient.around(app);
    started = await start(dataSourceApplication(databases[0]!.options, outbox), { setUp });
  });
  afterEach(() => ambient.remove());

  it('[H-06] gives its transaction to repositories of the application', async () => {
    const sessions = started.app.get(DataSource).getRepository(MfaSession);
    await started.client.token('bob');
    await ambient.undone(started.app.get(DataSource), () => sessions.delete({ userId: '2' }));
    expect(await sessions.countBy({ userId: '2' })).toBe(1);
  });

  it('[H-06] takes nothing back that a refused request has changed', async () => {
    const { client } = started;
    await enrol(client, outbox, 'alice');
    for (let guess = 0; guess < 5; guess++)
      expect((await client.login('alice', { mfa_code: '000000' })).status).toBe(400);
    expect((await client.login('alice', { mfa_code: '000000' })).status).toBe(429);
    const { first, refresh } = await refreshing(client);
    const tokens = (await refresh(first)).body;
    expect((await refresh(first)).status).toBe(400);
    expect((await client.get('/mfa/', { token: String(tokens['access_token']) })).status).toBe(401);
    expect((await refresh(String(tokens['refresh_token']))).body['error']).toBe('invalid_grant');
  });

  it('[H-06] takes nothing back that a call in its transaction has ended', async () => {
    const token = await started.client.token('bob');
    const mfa = started.app.get(MultiFactorAuthService, { strict: false });
    await ambient.undone(started.app.get(DataSource), () => mfa.endSessions('2'));
    expect((await started.client.get('/mfa/', { token })).status).toBe(401);
    expect(await started.app.get(DataSource).getRepository(MfaSession).countBy({ userId: '2' })).toBe(0);
  });

  tests();
});

await describeOnEach('a data source with a replica that lags behind', ['postgres', 'mariadb'], (kind: DatabaseKind) => {
  beforeEach(async () => {
    databases.push(await makeMigrated(kind, 'primary'), await makeMigrated(kind, 'replica'));
    const [master, slave] = databases.map(({ options }) => options);
    await boot({ type: kind, replication: { master, slaves: [slave] }, synchronize: false } as DataSourceOptions);
  });

  it('[H-03] (set-up) answers the application from the replica', async () => {
    const rows = started.app.get(DataSource).getRepository(MultiFactorAuth);
    await enrol(started.client, outbox, 'alice');
    expect(await rows.count()).toBe(0);
  });

  tests();
});
