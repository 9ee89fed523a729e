import { Agent } from 'node:http';
import { exchange } from './exchange.js';

/** A request of any kind, also of kinds that `Client` would not send. */
export interface AnyRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

export interface AnyAnswer {
  status: number;
  text: string;
}

/** Longer than a busy machine takes for anything: only what hangs is not answered by then. */
const PATIENCE_SECONDS = 60;

/** A client that sends anything, over connections that it keeps. */
export class WireClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(private readonly origin: string) {}

  async send({ method, path, headers, body }: AnyRequest): Promise<AnyAnswer> {
    const length = headers['transfer-encoding'] ? {} : { 'content-length': String(body.length) };
    const timeout = 1000 * PATIENCE_SECONDS;
    const options = { method, path, headers: { ...headers, ...length }, agent: this.agent, timeout };
    const { status, text } = await exchange(this.origin, options, body);
    return { status, text };
  }

  close(): void {
    this.agent.destroy();
  }
}
