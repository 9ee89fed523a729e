import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootApp, type BootedApp, type BootOptions } from './boot-app.js';
import { type DatabaseKind, makeMigrated } from './databases.js';

/** Several instances of one application over one database, one clock and one gateway. */
export interface Instances {
  all: BootedApp[];
  /** Another instance, as after a restart; with options of its own where it differs. */
  boot: (own?: BootOptions) => Promise<BootedApp>;
  close: () => Promise<void>;
}

/** Starts them over the database of the options, or else over a file of their own. */
export async function bootInstances(count: number, options: BootOptions = {}): Promise<Instances> {
  const folder = await mkdtemp(join(tmpdir(), 'mfa-'));
  const database = options.database ?? {
    type: 'better-sqlite3' as const,
    database: join(folder, 'shared.sqlite'),
    enableWAL: true,
  };
  const all = [await bootApp({ ...options, database })];
  const [{ clock, outbox }] = all as [BootedApp];
  const boot = async (own: BootOptions = {}) => {
    const booted = await bootApp({ ...options, database, clock, outbox, keepTables: true, ...own });
    all.push(booted);
    return booted;
  };
  while (all.length < count) await boot();
  const close = async () => {
    await Promise.all(all.map((booted) => booted.close()));
    await rm(folder, { recursive: true });
  };
  return { all, boot, close };
}

/** Starts them over a new database with tables from the migrations, which is dropped when they close. */
export async function bootInstancesOn(
  kind: DatabaseKind,
  count: number,
  { settings = [], ...options }: BootOptions & { settings?: readonly string[] } = {},
): Promise<Instances> {
  const database = await makeMigrated(kind, 'http', settings);
  const instances = await bootInstances(count, { ...options, database: database.options, keepTables: true });
  const close = async () => {
    await instances.close();
    await database.drop();
  };
  return { ...instances, close };
}

/** Makes a user known to every instance. */
export function addUser({ all }: Pick<Instances, 'all'>, username: string): void {
  for (const { users } of all) users.add(username);
}
