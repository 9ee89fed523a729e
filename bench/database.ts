import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DatabaseKind } from './selection.js';

const SERVER = process.env['MFA_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Milliseconds of one tick in `/proc`: Linux has 100 in a second. */
const TICK = 10;

/** How a server reaches its database. */
export type BenchDatabase = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };

/** A database that one competitor has for itself. */
export interface OwnDatabase {
  settings: BenchDatabase;
  /** Milliseconds of CPU that the processes of the database have used for it. */
  cpu(): Promise<number>;
  /** Brings the statistics of the tables up to date. */
  tidy(): Promise<void>;
  drop(): Promise<void>;
}

export function makeDatabase(kind: DatabaseKind): Promise<OwnDatabase> {
  return kind === 'sqlite' ? Promise.resolve(makeFile()) : makeOnServer();
}

// Its work is done in the process of the server, and counted there.
function makeFile(): OwnDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'bench-mfa-'));
  return {
    settings: { kind: 'sqlite', file: join(folder, 'bench.sqlite') },
    cpu: () => Promise.resolve(0),
    tidy: () => Promise.resolve(),
    drop: () => rm(folder, { recursive: true }),
  };
}

async function makeOnServer(): Promise<OwnDatabase> {
  const name = `bench_mfa_${randomBytes(6).toString('hex')}`;
  const url = new URL(SERVER);
  url.pathname = name;
  const admin = new Client({ connectionString: SERVER });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  return {
    settings: { kind: 'postgres', url: url.href },
    cpu: async () => {
      const { rows } = await admin.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE datname = $1', [
        name,
      ]);
      const times = await Promise.all(rows.map(({ pid }) => cpuOf(pid)));
      return times.reduce((sum, time) => sum + time, 0);
    },
    // The measured machine may have autovacuum off.
    tidy: () => query(url.href, 'VACUUM ANALYZE'),
    drop: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** utime and stime of a process (proc(5)), in milliseconds. The name before them may have blanks in it. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
