import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataSource } from 'typeorm';
import { type DatabaseKind, makeDatabase, type TestDatabase, urlOf } from '../support/databases.js';

const MAIN = resolve(import.meta.dirname, '../../sample-app/dist/main.js');

/** The built sample in a process of its own, with an empty database. */
export class RunningSample {
  private constructor(
    readonly origin: string,
    private readonly folder: string,
    private readonly database: TestDatabase,
    private readonly server: ChildProcess,
  ) {}

  static async start(variables: Record<string, string> = {}, kind: DatabaseKind = 'sqlite'): Promise<RunningSample> {
    const [folder, port] = [mkdtempSync(join(tmpdir(), 'page-')), await freePort()];
    const database = kind === 'sqlite' ? fileIn(folder) : await makeDatabase(kind, 'page');
    const { PATH } = process.env;
    const server = spawn(process.execPath, [MAIN], {
      env: { PATH, DATA_DIR: folder, PORT: String(port), DATABASE_URL: urlOf(database), ...variables },
    });
    const sample = new RunningSample(`http://localhost:${port}`, folder, database, server);
    try {
      await running(server);
    } catch (error) {
      await sample.stop();
      throw error;
    }
    return sample;
  }

  /** Makes the second factor of every session an hour old, so that the next protected route asks for it again. */
  ageFactors(): Promise<void> {
    return this.change(async (database) => {
      await database.query('UPDATE mfa_session SET factor_proven_at = factor_proven_at - 3600000');
      await age(database, 'factors', 'lastUsedAt', 3600);
    });
  }

  /** Makes the messages to every user a minute older, so that another one may follow. */
  ageMessages(): Promise<void> {
    return this.change(async (database) => {
      await age(database, 'sent_messages', 'sentAt', 60);
      await age(database, 'factors', 'lastUsedAt', 60);
    });
  }

  async stop(): Promise<void> {
    // It may have ended by itself.
    const ended = this.server.exitCode === null && once(this.server, 'exit');
    this.server.kill();
    await ended;
    await this.database.drop();
    rmSync(this.folder, { recursive: true });
  }

  private async change(act: (database: DataSource) => Promise<void>): Promise<void> {
    const database = await new DataSource(this.database.options).initialize();
    await act(database);
    await database.destroy();
  }
}

/**
 * Moves a time in a list of every user's row back by some seconds. Factors must age too: proofs that follow one another within a second
 * count as a burst, and a browser without a person is as fast.
 */
async function age(database: DataSource, column: string, time: string, seconds: number): Promise<void> {
  const rows: Record<string, string>[] = await database.query(`SELECT user_id, ${column} FROM user_mfa`);
  for (const { user_id, [column]: list } of rows) {
    const items = JSON.parse(list!) as Record<string, string>[];
    for (const item of items)
      if (item[time]) item[time] = new Date(Date.parse(item[time]) - seconds * 1000).toISOString();
    const change = { [column]: JSON.stringify(items) };
    await database.createQueryBuilder().update('user_mfa').set(change).where({ user_id }).execute();
  }
}

/** The file that the sample makes by itself. */
function fileIn(folder: string): TestDatabase {
  const options = { type: 'better-sqlite3' as const, database: join(folder, 'sample.sqlite') };
  return { kind: 'sqlite', options, drop: async () => {} };
}

/** Waits for the last line that the sample prints. Its log is read on, or it would end with the pipe. */
function running(server: ChildProcess): Promise<void> {
  let printed = '';
  return new Promise((ready, reject) => {
    const read = (text: string) => {
      printed += text;
      if (printed.includes('CLIENT_SECRET=')) ready();
    };
    for (const stream of [server.stdout!, server.stderr!]) stream.setEncoding('utf8').on('data', read);
    server.once('exit', () => reject(new Error(`The sample did not start:\n${printed}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return (address as { port: number }).port;
}
