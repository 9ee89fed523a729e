import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ServerSettings } from './servers/bench-server.js';
import type { Served, ServedAnswer, ServedCall } from './servers/served.js';

const SCRIPT = fileURLToPath(new URL('./servers/serve.js', import.meta.url));

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A measured server in a process of its own. */
export class ServerProcess {
  port = 0;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly label: string,
  ) {
    child.on('message', (answer: ServedAnswer) => this.settle(answer));
    child.on('exit', (code, signal) => this.fail(new Error(`${label} has exited: ${code ?? signal}`)));
  }

  /** Starts it and waits until it listens. */
  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const child = fork(SCRIPT, [JSON.stringify(settings)], { env: { ...process.env, NODE_ENV: 'production' } });
    const server = new ServerProcess(child, settings.competitor);
    server.port = (await server.answerTo(0)) as number;
    return server;
  }

  /** Asks the process to do something. */
  async call<Name extends keyof Served>(
    name: Name,
    ...parameters: Parameters<Served[Name]>
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    const id = ++this.calls;
    const answer = this.answerTo(id);
    this.child.send({ id, name, parameters } satisfies ServedCall, (error) => error && this.fail(error));
    return (await answer) as Awaited<ReturnType<Served[Name]>>;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
  }

  private answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  private settle({ id, value, error }: ServedAnswer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(`${this.label}: ${error}`));
  }

  private fail(error: Error): void {
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }
}
