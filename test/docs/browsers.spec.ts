import type { INestApplication } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { type RegisteredRoute, watchRoutes } from '../support/registered-routes.js';
import { enrolledByRow, wrongCode } from '../support/factor-rows.js';

const PAGE = 'https://app.example.com';
const [, shown = ''] = /app\.enableCors\((\{.*?\n\})\);/s.exec(readFileSync('docs/browsers.md', 'utf8')) ?? [];
/** The settings of docs/browsers.md, as they stand there. */
const CORS = JSON.parse(
  shown
    .replaceAll(/^ *(\w+):/gm, '"$1":')
    .replaceAll("'", '"')
    .replace(/,\s*\}$/, '}'),
) as object;

describe.each(PLATFORMS)('a browser with the CORS of docs/browsers.md on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  const boot = async (): Promise<void> => {
    booted = await bootApp({ platform, setUp: (app: INestApplication) => app.enableCors(CORS) });
  };
  const list = (headers: Headers, name: string) => headers.get(name)?.split(/, */) ?? [];

  it('[D-13] is allowed each method of each route, with its token and JSON', async () => {
    let routes: () => RegisteredRoute[] = () => [];
    booted = await bootApp({
      platform,
      mfa: { logins: ['authtoken', 'oauth2'] },
      setUp: (app: INestApplication) => {
        routes = watchRoutes(app, platform);
        app.enableCors(CORS);
      },
    });
    const own = routes().filter(({ method, path }) => path.startsWith('/mfa/') && !/HEAD|OPTIONS|ALL/.test(method));
    expect(new Set(own.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']));
    for (const { method, path } of own) {
      const headers = {
        origin: PAGE,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type',
      };
      const { status, headers: told } = await booted.client.request('OPTIONS', path, { headers });
      expect([path, status, told.get('access-control-allow-origin')]).toEqual([path, 204, PAGE]);
      expect(list(told, 'access-control-allow-methods')).toContain(method);
      expect(list(told, 'access-control-allow-headers')).toEqual(['authorization', 'content-type']);
      expect(told.get('access-control-max-age')).toBe('600');
    }
  });

  it('[D-13] reads the headers of a refusal', async () => {
    await boot();
    await enrolledByRow(booted, 'bob');
    const mfa_code = await wrongCode(booted, 'bob');
    const json = { username: 'bob', password: 'bob-password', mfa_code };
    const login = () => booted.client.post('/mfa/authtoken/login/', { json, headers: { origin: PAGE } });
    for (let guess = 0; guess < 5; guess++) await login();
    const locked = await login();
    expect([locked.status, Number(locked.headers.get('retry-after')) > 0]).toEqual([429, true]);
    const none = await booted.client.get('/app/vault', { headers: { origin: PAGE } });
    expect([none.status, none.headers.has('www-authenticate')]).toEqual([401, true]);
    for (const { headers } of [locked, none]) {
      expect(headers.get('access-control-allow-origin')).toBe(PAGE);
      expect(list(headers, 'access-control-expose-headers')).toEqual(['Retry-After', 'WWW-Authenticate']);
    }
  });

  it('[D-13] gets nothing for a page of another origin', async () => {
    await boot();
    const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' };
    const preflight = await booted.client.request('OPTIONS', '/mfa/authtoken/login/', { headers });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});
