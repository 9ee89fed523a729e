import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Clock, MFA_ENTITIES, mfaMigrations, MultiFactorAuth, SmsChallenge, TotpChallenge } from '../../src/index.js';
import { bootApp, type BootedApp, TEST_KEY } from '../support/boot-app.js';
import { Client } from '../support/client.js';
import { compileSources, copyPackage } from '../support/compiled-sources.js';
import { type DatabaseKind, makeDatabase } from '../support/databases.js';
import { AnyUsers, AnyUsersModule } from './any-users.js';
import type { Order, Told } from './server.js';

const PROGRAM = ['server', 'any-users', 'each-connection'].map((name) => `test/processes/${name}.ts`);
const OTHERS = [
  'test/support/aborts-within.ts',
  'test/support/test-users.ts',
  'sample-app/database.ts',
  'sample-app/data-folder.ts',
];

/** One process of the application. */
export interface Server {
  client: Client;
  /** The codes that it has sent, by user. */
  codes: Map<string, string>;
  /** Of each message over which its gateway has hung, whether the gateway was cut off. */
  cutOffs: boolean[];
  /** Requests that it has not answered yet, where a test counts them. */
  busy: number;
  /** What it has written to its log. */
  log: string[];
  order: (order: Order) => void;
  /** Ends it as a crash does: nothing of it runs any more. */
  kill: () => Promise<void>;
}

/** Processes of one application over one database. */
export interface Cluster {
  servers: Server[];
  /** The test's own eye on the rows, by the module's own means. No request goes there. */
  rows: BootedApp;
  /** Another process, as after a crash. */
  start: () => Promise<Server>;
  close: () => Promise<void>;
}

export interface ClusterOptions {
  kind: DatabaseKind;
  count?: number;
  /** Run on the new database before anything connects to it, e.g. to make its isolation strict. */
  prepare?: (database: string) => string;
  /** Run on each connection of the processes. MariaDB only. */
  sessionSql?: string;
  /** Packages that the module finds as copies of its own, as with `npm link`. */
  secondCopies?: readonly string[];
  /** Where the processes find the server, if not where it is. */
  through?: (host: string, port: number) => Promise<{ host: string; port: number }>;
}

export async function startCluster({ kind, count = 3, ...how }: ClusterOptions): Promise<Cluster> {
  const { options, drop } = await makeDatabase(kind, 'processes');
  const source = fileOf(options) ? { ...options, database: fileOf(options)! } : options;
  await makeTables(source as DataSourceOptions, how.prepare);
  const folder = await compileSources(...PROGRAM, ...OTHERS);
  for (const name of how.secondCopies ?? []) await copyPackage(name, join(folder, 'src'));
  const rows = await bootApp({
    database: source as DataSourceOptions,
    keepTables: true,
    clock: new Clock(),
    mfa: {
      imports: [AnyUsersModule],
      users: AnyUsers,
      challenges: [SmsChallenge, TotpChallenge],
      totp: { issuer: 'Example Bank' },
      backupCodes: { count: 2, onUse: 'keep' },
    },
  });
  const env = {
    MFA_KEY: TEST_KEY,
    ...(how.sessionSql && { SESSION_SQL: how.sessionSql }),
    ...(await whereabouts(options, how.through)),
  };
  const servers: Server[] = [];
  const start = async () => {
    const server = await startServer(join(folder, 'test/processes/server.js'), env);
    servers.push(server);
    return server;
  };
  const close = async () => {
    await Promise.all(servers.map(({ kill }) => kill()));
    await rows.close();
    await drop();
    await rm(folder, { recursive: true });
  };
  try {
    await Promise.all(Array.from({ length: count }, start));
  } catch (error) {
    await close();
    throw error;
  }
  return { servers, rows, start, close };
}

async function makeTables(options: DataSourceOptions, prepare: ClusterOptions['prepare']): Promise<void> {
  const entities = [MultiFactorAuth, ...MFA_ENTITIES];
  const source = new DataSource({ ...options, entities, migrations: mfaMigrations() });
  await source.initialize();
  await source.runMigrations();
  if (prepare) await source.query(prepare(String(options.database)));
  await source.destroy();
}

// The file that the sample's data source names, in the folder of the test's database.
function fileOf({ type, database }: DataSourceOptions): string | undefined {
  return type === 'better-sqlite3' ? join(dirname(database), 'sample.sqlite') : undefined;
}

/** The variables by which the sample's data source finds the database. */
async function whereabouts(
  options: DataSourceOptions,
  through: ClusterOptions['through'],
): Promise<Record<string, string>> {
  if (options.type === 'better-sqlite3') return { DATA_DIR: dirname(options.database) };
  const { type, host, port, username, password, database } = options as unknown as Record<string, string | undefined>;
  const at = { host: String(host), port: Number(port) || (type === 'postgres' ? 5432 : 3306) };
  const reached = through ? await through(at.host, at.port) : at;
  const user = [username, password].map((text) => encodeURIComponent(text ?? '')).join(':');
  const protocol = type === 'postgres' ? 'postgres' : 'mysql';
  return { DATABASE_URL: `${protocol}://${user}@${reached.host}:${reached.port}/${database}` };
}

async function startServer(program: string, env: Record<string, string>): Promise<Server> {
  const child = fork(program, { env: { ...env, PATH: process.env['PATH'] }, execArgv: [], silent: true });
  const codes = new Map<string, string>();
  const cutOffs: boolean[] = [];
  const log: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (part: Buffer) => log.push(part.toString()));
  const ended = once(child, 'exit');
  const port = await new Promise<number>((ready, failed) => {
    child.on('message', (told: Told) => {
      if (told.kind === 'ready') ready(told.port);
      else if (told.kind === 'hung') cutOffs.push(told.cutOff);
      else codes.set(told.userId, told.code);
    });
    child.once('exit', () => failed(new Error(`the process did not start:\n${log.join('')}`)));
  });
  return {
    client: new Client(`http://127.0.0.1:${port}`),
    codes,
    cutOffs,
    busy: 0,
    log,
    order: (order) => void child.send(order),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
