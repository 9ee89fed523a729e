import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import {
  DATABASE_KINDS,
  type DatabaseKind,
  describeOnEach,
  makeMigrated,
  type TestDatabase,
} from '../support/databases.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import type { Statement } from '../support/logs.js';
import { oauthClient } from '../support/oauth.js';

/** Enough rows that reading them all to find one would show. */
const ROWS = 5000;

/** The numbers from 1, as a table. */
const NUMBERS: Record<DatabaseKind, string> = {
  postgres: `(SELECT n FROM generate_series(1, ${ROWS}) n) AS numbers`,
  mariadb: `(SELECT seq AS n FROM seq_1_to_${ROWS}) AS numbers`,
  sqlite: `(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${ROWS}) SELECT n FROM counted) AS numbers`,
};

/**
 * Rows as real logins leave them: of a first login from a network, the pair that was confirmed and never taken from, whose time is
 * long over, and the network that is remembered for months.
 */
const filling = (numbers: string) => [
  `INSERT INTO mfa_multi_factor_auth (user_id, factors, pending_factors, sent_messages, created_at, updated_at)
   SELECT CONCAT('u', n), '[]', '[]', '[]', 0, 0 FROM ${numbers}`,
  `INSERT INTO mfa_session (id, user_id, scope, granted_scope, amr, signed_in_at, auth_epoch, token_hash,
     token_expires_at, idle_expires_at, refresh_hash, replaced_refreshes, expires_at)
   SELECT CONCAT('s', n), CONCAT('u', n), '', '', 'pwd', 0, 0, CONCAT('t', n), n, n, CONCAT('r', n), '', n FROM ${numbers}`,
  `INSERT INTO mfa_oauth_client (id, name, grants, scopes, created_at) SELECT CONCAT('c', n), 'c', '', '', 0 FROM ${numbers}`,
  `INSERT INTO mfa_rate_limit (id, taken, expires_at) SELECT CONCAT('pair', n), 0, 0 FROM ${numbers}`,
  `INSERT INTO mfa_rate_limit (id, taken, expires_at) SELECT CONCAT('known', n), 1, 4102444800000 FROM ${numbers}`,
];

/** Rows from before the statistics: of limits, those that end far from now. */
const before = (numbers: string) =>
  `INSERT INTO mfa_rate_limit (id, taken, expires_at) SELECT CONCAT('early', n), 1, 4102444800000 + n FROM ${numbers}`;

/** Statistics from then, which stay. */
const STALE: Record<DatabaseKind, string[]> = {
  postgres: [
    ...['mfa_multi_factor_auth', 'mfa_session', 'mfa_rate_limit', 'mfa_oauth_client'].map(
      (table) => `ALTER TABLE ${table} SET (autovacuum_enabled = false)`,
    ),
    'ANALYZE',
  ],
  mariadb: ['ANALYZE TABLE mfa_multi_factor_auth, mfa_session, mfa_rate_limit, mfa_oauth_client'],
  sqlite: ['ANALYZE'],
};

/** What a statement would read: the indexes that it takes, and `null` for a whole table. */
type Reads = (booted: BootedApp, statement: Statement) => Promise<(string | null)[]>;

interface PostgresPlan {
  'Node Type': string;
  'Index Name'?: string;
  Plans?: PostgresPlan[];
}

const READS: Record<DatabaseKind, Reads> = {
  postgres: async ({ database }, { sql, parameters }) => {
    const explain = `EXPLAIN (FORMAT JSON) ${sql}`;
    const [row] = await database.query<{ 'QUERY PLAN': { Plan: PostgresPlan }[] }[]>(explain, parameters);
    const nodes = (plan: PostgresPlan): PostgresPlan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
    return nodes(row!['QUERY PLAN'][0]!.Plan)
      .filter((node) => node['Node Type'].endsWith('Scan') && node['Node Type'] !== 'Bitmap Heap Scan')
      .map((node) => node['Index Name'] ?? null);
  },
  mariadb: async ({ database }, { sql, parameters }) => {
    const rows = await database.query<{ table: string | null; type: string | null; key: string | null }[]>(
      `EXPLAIN ${sql}`,
      parameters,
    );
    // A row that the optimizer knows not to exist has no table.
    return rows.filter(({ table }) => table !== null).map(({ key }) => key);
  },
  sqlite: async ({ database }, { sql, parameters }) => {
    const rows = await database.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    return rows
      .filter(({ detail }) => /^(SCAN|SEARCH)/.test(detail))
      .map(({ detail }) => /USING (?:COVERING )?INDEX (\w+)/.exec(detail)?.[1] ?? null);
  },
};

/** Whether a statement over limits could be answered by the purge's index on `expires_at`. */
const CAN_TAKE_PURGE: Record<DatabaseKind, (booted: BootedApp, statement: Statement) => Promise<boolean>> = {
  postgres: async ({ database }, { sql, parameters }) => {
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    try {
      // Without the primary key and without reading all rows, the other index is taken by whatever can take it.
      for (const { conname } of await primaryKeys(runner)) {
        await runner.query(`ALTER TABLE mfa_rate_limit DROP CONSTRAINT "${conname}"`);
      }
      await runner.query('SET LOCAL enable_seqscan = off');
      return JSON.stringify(await runner.query(`EXPLAIN (FORMAT JSON) ${sql}`, parameters)).includes('Index Cond');
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  },
  mariadb: async ({ database }, { sql, parameters }) => {
    const rows = await database.query<{ possible_keys: string | null }[]>(`EXPLAIN ${sql}`, parameters);
    return rows.some((row) => row.possible_keys?.split(',').some((key) => key !== 'PRIMARY'));
  },
  sqlite: async (booted, statement) =>
    (await READS.sqlite(booted, statement)).some((index) => index !== 'sqlite_autoindex_mfa_rate_limit_1'),
};

function primaryKeys(runner: QueryRunner): Promise<{ conname: string }[]> {
  return runner.query(
    `SELECT conname FROM pg_constraint WHERE conrelid = 'mfa_rate_limit'::regclass AND contype = 'p'`,
  ) as Promise<{ conname: string }[]>;
}

await describeOnEach('with statistics from before the rows, every statement of a request', DATABASE_KINDS, (kind) => {
  let database: TestDatabase;
  let booted: BootedApp;
  beforeAll(async () => {
    database = await makeMigrated(kind, 'plans');
    booted = await bootApp({ database: database.options, keepTables: true });
    for (const sql of [before(NUMBERS[kind]), ...STALE[kind], ...filling(NUMBERS[kind])])
      await booted.database.query(sql);
    booted.statements.length = 0;
    await useEverything(booted);
  });
  afterAll(async () => {
    await booted.close();
    await database.drop();
  });

  const asked = () =>
    booted.statements.filter(({ sql }) => /^(SELECT|UPDATE|DELETE)/.test(sql) && sql.includes('mfa_'));

  it('finds its rows by an index', async () => {
    const scans: string[] = [];
    for (const statement of asked()) {
      if ((await READS[kind](booted, statement)).includes(null)) scans.push(statement.sql);
    }
    expect(scans).toEqual([]);
    expect(new Set(asked().map(({ sql }) => sql)).size).toBeGreaterThan(12);
  });

  it('finds a limit by its key, and cannot take the index of the purge, whatever the statistics say', async () => {
    const limits = asked().filter(({ sql }) => sql.includes('mfa_rate_limit'));
    const wrong: string[] = [];
    for (const statement of limits) {
      if (await CAN_TAKE_PURGE[kind](booted, statement)) wrong.push(statement.sql);
    }
    expect(wrong).toEqual([]);
    const careless = { sql: `UPDATE mfa_rate_limit SET taken = 1 WHERE id = 'x' AND expires_at <= 7`, parameters: [] };
    // SQLite says only what it takes.
    expect(await CAN_TAKE_PURGE[kind](booted, careless)).toBe(kind !== 'sqlite');
  });

  it('would be noticed if it read a whole table', async () => {
    expect(await indexOf("SELECT * FROM mfa_session WHERE scope = 'x'")).toBeNull();
  });

  const indexOf = async (sql: string) => (await READS[kind](booted, { sql, parameters: [] }))[0];
});

/** Each look-up and write that a request can bring about. */
async function useEverything(booted: BootedApp): Promise<void> {
  const { client, app, clock } = booted;
  const caller = await oauthClient(booted);
  await enrolled(booted, 'bob');
  const session = await client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
  clock.advance(900);
  await client.get('/mfa/', { token: session });
  await client.post('/mfa/step-up/', { token: session });
  await client.post('/mfa/step-up/', { token: session, json: { mfa_code: booted.outbox.lastCode() } });
  const { body } = await client.get('/mfa/recovery/', { token: session });
  await client.login('bob', { mfa_code: '000000' });
  await client.login('bob', { password: 'wrong' });
  await client.login('bob', { password: 'wrong' });
  const { refresh } = await caller.tokens('alice');
  await caller.refresh(refresh);
  await caller.refresh(refresh);
  await client.post('/mfa/logout/', { token: session });
  await client.login('bob', { backup_code: String(body['backup_code']) });
  await app.get(MultiFactorAuthService, { strict: false }).endSessions('2');
}
