import { Agent, request as httpRequest } from 'node:http';

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

  send({ method, path, headers, body }: AnyRequest): Promise<AnyAnswer> {
    return new Promise((resolve, reject) => {
      const length = headers['transfer-encoding'] ? {} : { 'content-length': String(body.length) };
      const sent = httpRequest(
        this.origin,
        { method, path, headers: { ...headers, ...length }, agent: this.agent, timeout: 1000 * PATIENCE_SECONDS },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            resolve({ status: response.statusCode ?? 0, text });
          });
        },
      );
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_SECONDS} s`)));
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
