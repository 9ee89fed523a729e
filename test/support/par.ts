import { connect, type Socket } from 'node:net';
import type { Answered } from './client.js';

/** A request as it goes over the wire. */
export interface WireRequest {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
}

/** Where a request can go: any booted application. */
interface Instance {
  client: { origin: string };
}

/**
 * Sends `count` requests that arrive together, over all instances in turn. Each has a connection of its own and waits there
 * without its last byte; then all last bytes go out in one go, so that no request has a head start.
 */
export async function par(
  instances: readonly Instance[],
  count: number,
  request: (index: number) => WireRequest,
): Promise<Answered[]> {
  const waiting = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const { origin } = instances[index % instances.length]!.client;
      return allButTheLastByte(new URL(origin), wireText(request(index)));
    }),
  );
  return Promise.all(waiting.map((finish) => finish()));
}

async function allButTheLastByte({ hostname, port }: URL, text: Buffer): Promise<() => Promise<Answered>> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const answered = answerOn(socket);
  // It may fail before anybody waits for it.
  answered.catch(() => undefined);
  await new Promise<void>((sent, failed) => {
    socket.once('error', failed);
    socket.write(text.subarray(0, -1), () => sent());
  });
  return () => {
    socket.write(text.subarray(-1));
    return answered;
  };
}

function wireText({ method = 'POST', path, headers = {}, json, form }: WireRequest): Buffer {
  const body = Buffer.from(json !== undefined ? JSON.stringify(json) : new URLSearchParams(form).toString());
  const all: Record<string, string> = {
    Host: 'localhost',
    Connection: 'close',
    'Content-Type': json !== undefined ? 'application/json' : 'application/x-www-form-urlencoded',
    'Content-Length': String(body.length),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')), body]);
}

async function answerOn(socket: Socket): Promise<Answered> {
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return parsed(Buffer.concat(parts).toString('utf8'));
}

function parsed(answer: string): Answered {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  if (headers.has('transfer-encoding')) throw new Error('the answer came in chunks, which is not read here');
  const text = rest.join('\r\n\r\n');
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: Number(statusLine.split(' ')[1]), headers, text, body };
}
