import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataSource } from 'typeorm';

const MAIN = resolve(import.meta.dirname, '../../sample-app/dist/main.js');

/** The built sample in a process of its own, with an empty database. */
export class RunningSample {
  private constructor(
    readonly origin: string,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<RunningSample> {
    const [folder, port] = [mkdtempSync(join(tmpdir(), 'page-')), await freePort()];
    const { PATH } = process.env;
    const server = spawn(process.execPath, [MAIN], {
      env: { PATH, DATA_DIR: folder, PORT: String(port), ...variables },
    });
    const sample = new RunningSample(`http://localhost:${port}`, folder, server);
    await running(server);
    return sample;
  }

  /** Makes the second factor of every session an hour old, so that the next protected route asks for it again. */
  async ageFactors(): Promise<void> {
    const database = new DataSource({ type: 'better-sqlite3', database: join(this.folder, 'sample.sqlite') });
    await database.initialize();
    await database.query('UPDATE mfa_session SET factor_proven_at = factor_proven_at - 3600000');
    await database.destroy();
  }

  async stop(): Promise<void> {
    // It may have ended by itself.
    const ended = this.server.exitCode === null && once(this.server, 'exit');
    this.server.kill();
    await ended;
    rmSync(this.folder, { recursive: true });
  }
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
