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

  static async start(): Promise<RunningSample> {
    const [folder, port] = [mkdtempSync(join(tmpdir(), 'page-')), await freePort()];
    const { PATH } = process.env;
    const server = spawn(process.execPath, [MAIN], { env: { PATH, DATA_DIR: folder, PORT: String(port) } });
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
    const ended = once(this.server, 'exit');
    this.server.kill();
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

async function running({ stdout, stderr }: ChildProcess): Promise<void> {
  let printed = '';
  stderr!.setEncoding('utf8').on('data', (text: string) => (printed += text));
  for await (const text of stdout!.setEncoding('utf8')) {
    printed += String(text);
    // Read on, or the sample would wait for its log.
    if (printed.includes('CLIENT_SECRET=')) return void stdout!.resume();
  }
  throw new Error(`The sample did not start:\n${printed}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return (address as { port: number }).port;
}
