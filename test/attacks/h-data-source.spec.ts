import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaRateLimit, MfaSession, MultiFactorAuth, OAuthClients, Upkeep } from '../../src/index.js';
import { dataSourceApplication } from '../applications/data-source-app.js';
import { enrol } from '../applications/enrol.js';
import { start, type StartedApplication } from '../applications/start.js';
import { type DatabaseKind, describeOnEach, makeMigrated, type TestDatabase } from '../support/databases.js';
import { Outbox } from '../support/outbox.js';

let started: StartedApplication;
let outbox: Outbox;
const databases: TestDatabase[] = [];

afterEach(async () => {
  await started.close();
  for (const { drop } of databases.splice(0)) await drop();
});

async function boot(options: DataSourceOptions): Promise<void> {
  outbox = new Outbox();
  started = await start(dataSourceApplication(options, outbox));
}

/** What a decision may never rest on: a copy of a row as it was. Each step reads what the one before has just written. */
function tests(): void {
  it('[H-03] asks for the second factor from the moment on that it is on', async () => {
    const { client } = started;
    const before = await client.token('alice');
    const kept = await enrol(client, outbox, 'alice');
    expect((await client.login('alice')).body).toEqual({ mfa_required: true, mfa_type: 'sms' });
    expect((await client.get('/mfa/', { token: before })).status).toBe(401);
    expect((await client.get('/vault', { token: kept })).status).toBe(200);
  });

  it('[H-03] takes a right code at once, and once', async () => {
    const { client } = started;
    await enrol(client, outbox, 'alice');
    await client.login('alice');
    const mfa_code = outbox.lastCode();
    expect((await client.login('alice', { mfa_code })).status).toBe(200);
    expect((await client.login('alice', { mfa_code })).status).toBe(400);
  });

  it('[H-03] ends a token for good', async () => {
    const { client } = started;
    const token = await client.token('alice');
    expect((await client.get('/mfa/', { token })).status).toBe(200);
    expect((await client.post('/mfa/logout/', { token })).status).toBe(204);
    expect((await client.get('/mfa/', { token })).status).toBe(401);
  });

  it('[H-03] tells a refresh token and a client from what they were', async () => {
    const clients = started.app.get(OAuthClients, { strict: false });
    const { clientId, clientSecret } = await clients.create({ name: 'app', grants: ['password'] });
    const ask = (form: Record<string, string>) =>
      started.client.post('/mfa/oauth2/token/', {
        form: { client_id: clientId, client_secret: clientSecret!, ...form },
      });
    const login = await ask({ grant_type: 'password', username: 'bob', password: 'bob-password' });
    const refresh = { grant_type: 'refresh_token', refresh_token: login.body['refresh_token'] as string };
    expect((await ask(refresh)).status).toBe(200);
    expect((await ask(refresh)).body['error']).toBe('invalid_grant');
    await clients.remove(clientId);
    expect((await ask(refresh)).body['error']).toBe('invalid_client');
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

  it('[H-03] finds what is over where it is', async () => {
    const upkeep = started.app.get(Upkeep, { strict: false });
    await started.client.token('alice');
    expect((await upkeep.purge()).done).toBe(true);
  });
}

describe('a data source that caches every query', () => {
  const cache = { alwaysEnabled: true, duration: 600_000 };
  beforeEach(() => boot({ type: 'better-sqlite3', database: ':memory:', synchronize: true, cache }));

  it('[H-03] does cache', async () => {
    const rows = started.app.get(DataSource).getRepository(MultiFactorAuth);
    expect(await rows.count()).toBe(0);
    await enrol(started.client, outbox, 'alice');
    expect(await rows.count()).toBe(0);
  });

  tests();
});

describe('a data source with a will of its own', () => {
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

/** As a library of ambient transactions does: a repository that is asked for its manager has that of the transaction. */
async function inAmbientTransaction<T>(source: DataSource, act: () => Promise<T>): Promise<T> {
  const repositories = [MultiFactorAuth, MfaSession, MfaRateLimit].map((entity) =>
    source.getRepository<object>(entity),
  );
  const own = repositories.map(({ manager }) => manager);
  const give = (managers: readonly EntityManager[]) =>
    repositories.forEach((repository, index) => Object.assign(repository, { manager: managers[index] }));
  return source.transaction(async (manager) => {
    give(repositories.map(() => manager));
    try {
      return await act();
    } finally {
      give(own);
    }
  });
}

await describeOnEach('an ambient transaction of the application', ['postgres', 'mariadb'], (kind) => {
  it('[H-06] takes back no wrong code that was counted in it', async () => {
    databases.push(await makeMigrated(kind, 'ambient'));
    await boot(databases[0]!.options);
    const { client } = started;
    await enrol(client, outbox, 'alice');
    const source = started.app.get(DataSource);
    for (let guess = 0; guess < 5; guess++) {
      const undone = inAmbientTransaction(source, async () => {
        expect((await client.login('alice', { mfa_code: '000000' })).status).toBe(400);
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
    }
    expect((await client.login('alice', { mfa_code: '000000' })).status).toBe(429);
  });
});

await describeOnEach('a data source with a replica that lags behind', ['postgres', 'mariadb'], (kind: DatabaseKind) => {
  beforeEach(async () => {
    databases.push(await makeMigrated(kind, 'primary'), await makeMigrated(kind, 'replica'));
    const [master, slave] = databases.map(({ options }) => options);
    await boot({ type: kind, replication: { master, slaves: [slave] }, synchronize: false } as DataSourceOptions);
  });

  it('[H-03] does read from the replica', async () => {
    const rows = started.app.get(DataSource).getRepository(MultiFactorAuth);
    await enrol(started.client, outbox, 'alice');
    expect(await rows.count()).toBe(0);
  });

  tests();
});
