import { afterAll, beforeAll, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { describeOnEach, makeMigrated, type TestDatabase } from '../support/databases.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { oauthClient } from '../support/oauth.js';

/** Enough rows that PostgreSQL would not read them all to find one. */
const FILL = [
  `INSERT INTO mfa_multi_factor_auth (user_id, factors, pending_factors, sent_messages, created_at, updated_at)
   SELECT 'u' || n, '[]', '[]', '[]', 0, 0 FROM generate_series(1, 5000) n`,
  `INSERT INTO mfa_session (id, user_id, scope, granted_scope, amr, signed_in_at, auth_epoch, token_hash,
     token_expires_at, idle_expires_at, refresh_family, refresh_hash, expires_at)
   SELECT 's' || n, 'u' || n, '', '', 'pwd', 0, 0, 't' || n, n, n, 'f' || n, 'r' || n, n FROM generate_series(1, 5000) n`,
  `INSERT INTO mfa_oauth_client (id, name, grants, scopes, created_at)
   SELECT 'c' || n, 'c', '', '', 0 FROM generate_series(1, 5000) n`,
  `INSERT INTO mfa_rate_limit (id, expires_at) SELECT 'l' || n, n FROM generate_series(1, 5000) n`,
  'ANALYZE',
];

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

await describeOnEach('every statement of the module', ['postgres'], (kind) => {
  let database: TestDatabase;
  let booted: BootedApp;
  beforeAll(async () => {
    database = await makeMigrated(kind, 'plans');
    booted = await bootApp({ database: database.options, keepTables: true });
    for (const sql of FILL) await booted.database.query(sql);
    booted.statements.length = 0;
    await useEverything(booted);
  });
  afterAll(async () => {
    await booted.close();
    await database.drop();
  });

  const plan = async (sql: string, parameters: unknown[]): Promise<Plan> => {
    const explain = `EXPLAIN (FORMAT JSON) ${sql}`;
    const [row] = await booted.database.query<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(explain, parameters);
    return row!['QUERY PLAN'][0]!.Plan;
  };

  it('finds its rows by an index', async () => {
    const asked = booted.statements.filter(({ sql }) => /^(SELECT|UPDATE|DELETE)/.test(sql) && sql.includes('"mfa_'));
    const scans: string[] = [];
    for (const { sql, parameters } of asked) {
      if (nodesOf(await plan(sql, parameters)).some((node) => node['Node Type'] === 'Seq Scan')) scans.push(sql);
    }
    expect(scans).toEqual([]);
    const kinds = new Set(asked.map(({ sql }) => sql.replace(/[\d',$ ]+/g, ' ')));
    expect(kinds.size).toBeGreaterThan(12);
  });

  it.each(['mfa_session', 'mfa_rate_limit'])('finds what has expired in %s by an index', async (table) => {
    const [scan] = nodesOf(await plan(`DELETE FROM ${table} WHERE expires_at < $1`, [10])).slice(-1);
    expect(scan!['Node Type']).toMatch(/Index/);
  });

  it('would be noticed if it read a whole table', async () => {
    const [scan] = nodesOf(await plan('SELECT * FROM mfa_session WHERE scope = $1', ['x'])).slice(-1);
    expect(scan!['Node Type']).toBe('Seq Scan');
  });
});

function nodesOf(node: Plan): Plan[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

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
  const { refresh } = await caller.tokens('alice');
  await caller.refresh(refresh);
  await caller.refresh(refresh);
  await client.post('/mfa/logout/', { token: session });
  await client.login('bob', { backup_code: String(body['backup_code']) });
  await app.get(MultiFactorAuthService, { strict: false }).endSessions('2');
}
