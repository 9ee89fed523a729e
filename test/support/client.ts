import { exchange } from './exchange.js';

/** An answer, read to its end. */
export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, or {} if it is none. */
  body: Record<string, unknown>;
}

export interface Sent {
  token?: string;
  scheme?: string;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
  raw?: string;
}

/** A connection was refused, or cut off before the whole answer. */
export class Unanswered extends Error {}

const NO_ANSWER = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** A client of an application: what a person could do with curl. */
export class Client {
  constructor(readonly origin: string) {}

  async request(
    method: string,
    path: string,
    { token, scheme = 'Token', headers = {}, json, form, raw }: Sent = {},
  ): Promise<Answered> {
    const type = json !== undefined ? 'application/json' : form ? 'application/x-www-form-urlencoded' : undefined;
    const body = json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : (raw ?? '');
    return exchanged(this.origin + path, method, body, {
      ...(type && { 'content-type': type }),
      ...(token !== undefined && { authorization: `${scheme} ${token}` }),
      ...headers,
    });
  }

  get(path: string, sent?: Sent): Promise<Answered> {
    return this.request('GET', path, sent);
  }

  put(path: string, sent?: Sent): Promise<Answered> {
    return this.request('PUT', path, sent);
  }

  post(path: string, sent?: Sent): Promise<Answered> {
    return this.request('POST', path, sent);
  }

  delete(path: string, sent?: Sent): Promise<Answered> {
    return this.request('DELETE', path, sent);
  }

  /** A token login. */
  login(username: string, more: Record<string, unknown> = {}): Promise<Answered> {
    return this.post('/mfa/authtoken/login/', { json: { username, password: `${username}-password`, ...more } });
  }

  /** The token of a login that must succeed. */
  async token(username: string, more: Record<string, unknown> = {}): Promise<string> {
    const { status, body, text } = await this.login(username, more);
    if (status !== 200 || typeof body['token'] !== 'string')
      throw new Error(`no token for ${username}: ${status} ${text}`);
    return body['token'];
  }
}

/** By `node:http`, because `fetch` takes four times the CPU: more than the rest of a small request. */
async function exchanged(
  url: string,
  method: string,
  body: string,
  headers: Record<string, string>,
): Promise<Answered> {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = { accept: '*/*', 'user-agent': 'node', ...length, ...headers };
  try {
    const { status, rawHeaders, text } = await exchange(url, { method, headers: all }, body);
    return { status, headers: listed(rawHeaders), text, body: parsed(text) };
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new (NO_ANSWER.has(code) ? Unanswered : Error)(`${method} ${url}: ${message}`, { cause });
  }
}

function listed(names: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index < names.length; index += 2) headers.append(names[index]!, names[index + 1]!);
  return headers;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
