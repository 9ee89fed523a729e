import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysqlWithCallbacks, { type PoolOptions } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { describe, it } from 'vitest';
import { mfaMigrations } from '../../src/index.js';

export type DatabaseKind = 'sqlite' | 'postgres' | 'mariadb';
export const DATABASE_KINDS: DatabaseKind[] = ['sqlite', 'postgres', 'mariadb'];

/** A database that a test has made for itself. */
export interface TestDatabase {
  kind: DatabaseKind;
  options: DataSourceOptions;
  drop: () => Promise<void>;
}

type Server = Exclude<DatabaseKind, 'sqlite'>;

const SERVERS: Record<Server, { label: string; variable: string; url: string }> = {
  postgres: {
    label: 'PostgreSQL',
    variable: 'MFA_TEST_POSTGRES_URL',
    url: 'postgres://postgres@127.0.0.1:5432/postgres',
  },
  mariadb: { label: 'MariaDB', variable: 'MFA_TEST_MARIADB_URL', url: 'mysql://root@127.0.0.1:3306' },
};

/** Connections of one data source: many specs and processes share a server that takes about a hundred. */
const POOL = 8;

/** Milliseconds until a server that does not answer counts as none. */
const PATIENCE = 3000;

/**
 * Runs tests once for each database. Where no server answers they are skipped, and say so; where `CI` is `true` they fail
 * instead.
 */
export async function describeOnEach(
  subject: string,
  kinds: readonly DatabaseKind[],
  tests: (kind: DatabaseKind) => void,
): Promise<void> {
  const troubles = await Promise.all(kinds.map((kind) => troubleWith(kind)));
  kinds.forEach((kind, index) => {
    describe(`${subject} on ${kind}`, () => {
      const trouble = troubles[index];
      if (trouble === undefined) return tests(kind);
      // oxlint-disable-next-line vitest/expect-expect -- it says why there is nothing to expect
      it('has a server to run on', ({ skip }) => {
        if (process.env['CI'] === 'true') throw new Error(trouble);
        skip(trouble);
      });
    });
  });
}

/** Makes an empty database of the test's own name. Its connections begin with the settings, e.g. `lock_timeout=5`. On SQLite they are options. */
export async function makeDatabase(
  kind: DatabaseKind,
  subject: string,
  settings: readonly string[] = [],
): Promise<TestDatabase> {
  if (kind === 'sqlite') return makeFile(settings);
  const name = `nestjs_mfa_${subject}_${randomBytes(6).toString('hex')}`;
  await ask(kind, createSql(kind, name));
  const { hostname: host, port, username, password } = serverUrl(kind);
  const access = { host, port: Number(port) || undefined, username: decodeURIComponent(username) };
  const begin = kind === 'postgres' ? beginPostgres(settings) : beginMariadb(settings);
  const options = {
    type: kind,
    ...access,
    poolSize: POOL,
    password: decodeURIComponent(password),
    database: name,
    ...begin,
  };
  return { kind, options, drop: () => ask(kind, dropSql(kind, name)) };
}

/** Returns the URL of a database on a server, and nothing for one in a file. */
export function urlOf({ kind, options }: TestDatabase): string {
  if (kind === 'sqlite') return '';
  const url = serverUrl(kind);
  url.pathname = `/${String(options.database)}`;
  return url.href;
}

function beginPostgres(settings: readonly string[]): object {
  return { extra: { options: settings.map((setting) => `-c ${setting}`).join(' ') } };
}

function beginMariadb(settings: readonly string[]): object {
  if (settings.length === 0) return {};
  const createPool = (options: PoolOptions) => {
    const pool = mysqlWithCallbacks.createPool(options);
    pool.on('connection', (connection) => connection.query(`SET SESSION ${settings.join(', ')}`));
    return pool;
  };
  return { driver: { ...mysqlWithCallbacks, createPool }, connectorPackage: 'mysql2' };
}

/** A database with the module's tables, as the migrations make them. */
export async function makeMigrated(...given: Parameters<typeof makeDatabase>): Promise<TestDatabase> {
  const database = await makeDatabase(...given);
  const source = new DataSource({ ...database.options, migrations: mfaMigrations() });
  await source.initialize();
  await source.runMigrations();
  await source.destroy();
  return database;
}

async function makeFile(settings: readonly string[]): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'mfa-'));
  const more = Object.fromEntries(
    settings.map((setting) => setting.split('=')).map(([name, value]) => [name, Number(value)]),
  );
  const options = { type: 'better-sqlite3' as const, database: join(folder, 'test.sqlite'), enableWAL: true, ...more };
  return { kind: 'sqlite', options, drop: () => rm(folder, { recursive: true }) };
}

async function troubleWith(kind: DatabaseKind): Promise<string | undefined> {
  if (kind === 'sqlite') return undefined;
  try {
    await ask(kind, 'SELECT 1');
    return undefined;
  } catch {
    const { label, variable } = SERVERS[kind];
    return `No ${label} answers at ${serverUrl(kind).host}. ${variable} names another one.`;
  }
}

async function ask(server: Server, sql: string): Promise<void> {
  const url = serverUrl(server).href;
  if (server === 'mariadb') {
    const connection = await createConnection({ uri: url, connectTimeout: PATIENCE });
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
    return;
  }
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function serverUrl(server: Server): URL {
  const { variable, url } = SERVERS[server];
  return new URL(process.env[variable] ?? url);
}

function createSql(server: Server, name: string): string {
  // As MariaDB's own default is: whatever the module needs of text, its migrations have to say.
  return `CREATE DATABASE ${name}${server === 'mariadb' ? ' CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci' : ''}`;
}

function dropSql(server: Server, name: string): string {
  return `DROP DATABASE IF EXISTS ${name}${server === 'postgres' ? ' WITH (FORCE)' : ''}`;
}
