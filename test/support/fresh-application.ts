import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = process.cwd();
const STARTED = 'Nest application successfully started';

/** An application that `nest new` has made, in a folder of its own. */
export class FreshApplication {
  private readonly parent = mkdtempSync(join(tmpdir(), 'mfa-nest-new-'));
  private readonly folder = join(this.parent, 'shop');
  private running?: ChildProcess;

  /** Makes it as a user would, with the Nest CLI of this repository, and installs its packages and an archive. */
  constructor(archive: string) {
    const nest = join(ROOT, 'node_modules/.bin/nest');
    const options = ['--package-manager', 'npm', '--no-observe', '--skip-git', '--skip-install'];
    call(nest, ['new', 'shop', ...options], this.parent);
    this.install(archive);
  }

  /** Installs packages, or what package.json lists. Without install scripts: the driver of SQLite is compiled already. */
  install(...packages: string[]): void {
    this.run('npm', 'install', '--ignore-scripts', '--prefer-offline', '--silent', ...packages);
    const built = 'node_modules/better-sqlite3/build';
    cpSync(join(ROOT, built), join(this.folder, built), { recursive: true });
  }

  /** Runs a command in its folder, and returns what it printed. @throws if it fails */
  run(command: string, ...args: string[]): string {
    return call(command, args, this.folder);
  }

  text(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Replaces a text in a file that has it. */
  edit(path: string, from: string, to: string): void {
    const text = this.text(path);
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    writeFileSync(join(this.folder, path), text.replace(from, to));
  }

  /** Starts it by a command, and returns its address and what it has logged. */
  async start(command: string, ...args: string[]): Promise<{ address: string; log: () => string }> {
    const port = await freePort();
    const env = { ...process.env, PORT: String(port), NO_COLOR: '1' };
    const child = spawn(command, args, { cwd: this.folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.running = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (text: Buffer): void => {
        log += text.toString();
        if (log.includes(STARTED)) resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('close', () => reject(new Error(`${command} ${args.join(' ')} has ended:\n${log}`)));
    });
    const address = `http://127.0.0.1:${port}`;
    // Nest says that it has started just before it listens.
    while (!(await answers(address))) await new Promise(setImmediate);
    return { address, log: () => log };
  }

  /** Ends what was started, with all of its processes. */
  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running?.pid === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.on('close', resolve));
    process.kill(-running.pid);
    await ended;
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }
}

function call(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

async function answers(address: string): Promise<boolean> {
  return fetch(address).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
