import { Agent, type IncomingMessage, request } from 'node:http';

/** What a server has answered. */
export interface Reply {
  status: number;
  body: string;
  /** The cookies that it sets, as a browser sends them back. */
  cookies: string[];
}

/** A few connections to a server that stay open. */
export class Connections {
  private readonly agent: Agent;

  constructor(
    private readonly port: number,
    readonly count: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: count, maxFreeSockets: count });
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Reply> {
    const text = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          host: '127.0.0.1',
          port: this.port,
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
        },
        (response) => void readReply(response).then(resolve, reject),
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function readReply(response: IncomingMessage): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (body += chunk));
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body, cookies: response.headers['set-cookie'] ?? [] }),
    );
  });
}
