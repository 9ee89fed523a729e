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

/** A client of an application: what a person could do with curl. */
export class Client {
  constructor(readonly origin: string) {}

  async request(
    method: string,
    path: string,
    { token, scheme = 'Token', headers = {}, json, form, raw }: Sent = {},
  ): Promise<Answered> {
    const type = json !== undefined ? 'application/json' : form ? 'application/x-www-form-urlencoded' : undefined;
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        ...(type && { 'content-type': type }),
        ...(token !== undefined && { authorization: `${scheme} ${token}` }),
        ...headers,
      },
      body: json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : raw,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
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

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
