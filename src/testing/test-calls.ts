import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';

/** Posts to a route of the module, and returns what it answers. */
export type CallTest = (route: string, body: object) => Promise<Record<string, unknown>>;

/** The ways in which a test calls an application. */
interface TestCalls {
  post: CallTest;
  fetch(token: string, path: string, init?: RequestInit): Promise<Response>;
}

/** Makes an application listen, if it does not yet, and returns the ways to call it. */
export async function callersOf(app: INestApplication, modulePath: string): Promise<TestCalls> {
  if (!(app.getHttpServer() as Server).listening) await app.listen(0, '127.0.0.1');
  const origin = await app.getUrl();
  const post: CallTest = async (route, given) => {
    const headers = { 'content-type': 'application/json' };
    const url = `${origin}/${modulePath}/${route}`;
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(given) });
    return (await response.json()) as Record<string, unknown>;
  };
  return {
    post,
    fetch: (token, path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Token ${token}`);
      return fetch(origin + path, { ...init, headers });
    },
  };
}
