import { type INestApplication, Injectable, Module, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';

const ALLOWED: Record<string, string> = {
  '/mfa/': 'GET, DELETE, HEAD',
  '/mfa/recovery/': 'GET',
  '/mfa/sms/request/': 'PUT',
  '/mfa/sms/verify/': 'PUT',
  '/mfa/step-up/': 'POST',
  '/mfa/logout/': 'POST',
  '/mfa/authtoken/login/': 'POST, PUT',
  '/mfa/oauth2/token/': 'POST',
  '/mfa/oauth2/revoke_token/': 'POST',
};

describe.each(PLATFORMS)('a method that a route does not take on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('[D-06] is answered with 405 and Allow, with and without a session and the last slash', async () => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob');
    const token = await openSession(booted, 'bob');
    for (const [path, allow] of Object.entries(ALLOWED)) {
      const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].filter((one) => !allow.includes(one));
      for (const method of methods) {
        for (const [url, sent] of [
          [path, { token }],
          [path.slice(0, -1), {}],
        ] as const) {
          const { status, headers, body } = await booted.client.request(method, url, sent);
          // A session is asked for first where the handler of GET answers HEAD.
          const isGuarded = method === 'HEAD' && path === '/mfa/recovery/' && !('token' in sent);
          const expected = isGuarded ? [401, null] : [405, allow];
          expect([method, url, status, headers.get('allow')]).toEqual([method, url, ...expected]);
          const said = path.includes('oauth2') ? { error: 'invalid_request' } : { code: 'method_not_allowed' };
          expect(body).toMatchObject(method === 'HEAD' ? {} : said);
        }
      }
    }
  });

  it('[D-06] is told by OPTIONS too', async () => {
    booted = await bootApp({ platform });
    for (const [path, allow] of Object.entries(ALLOWED)) {
      const { status, headers, text } = await booted.client.request('OPTIONS', path);
      expect([path, status, headers.get('allow'), text]).toEqual([path, 204, allow, '']);
    }
  });

  it('[D-06] does not come before the preflight of CORS', async () => {
    const setUp = (app: INestApplication) => app.enableCors({ origin: 'https://app.example' });
    booted = await bootApp({ platform, setUp });
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'PUT' };
    const answered = await booted.client.request('OPTIONS', '/mfa/sms/request/', { headers });
    expect(answered.status).toBe(204);
    expect(answered.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answered.headers.get('access-control-allow-methods')).toMatch(/POST/);
  });

  it('[D-06] does not follow the module to other paths', async () => {
    booted = await bootApp({ platform });
    for (const path of ['/app/me', '/mfa/unknown/', '/mfa/sms/']) {
      expect((await booted.client.request('PATCH', path)).status).toBe(404);
    }
  });

  it('[D-06] stays at the path and prefix of the application', async () => {
    const setUp = (app: INestApplication) => app.setGlobalPrefix('api');
    booted = await bootApp({ platform, setUp, mfa: { path: 'account/mfa' } });
    const { status, headers } = await booted.client.get('/api/account/mfa/oauth2/token/');
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    expect((await booted.client.get('/mfa/oauth2/token/')).status).toBe(404);
  });

  it('[D-06] stays with each method that an application excludes from its prefix', async () => {
    const exclude = [{ path: 'mfa/authtoken/login', method: RequestMethod.POST }];
    booted = await bootApp({ platform, setUp: (app) => app.setGlobalPrefix('api', { exclude }) });
    for (const [path, allow] of [
      ['/mfa/authtoken/login/', 'POST'],
      ['/api/mfa/authtoken/login', 'PUT'],
    ] as const) {
      const { status, headers } = await booted.client.get(path);
      expect([path, status, headers.get('allow')]).toEqual([path, 405, allow]);
    }
  });

  it("[D-06] is not left to the application's guards, nor to the page that it sends for every other path", async () => {
    @Injectable()
    class Page implements OnModuleInit {
      constructor(private readonly host: HttpAdapterHost) {}

      onModuleInit(): void {
        const adapter = this.host.httpAdapter;
        const any = platform === 'express' ? '/{*path}' : '/*';
        adapter.get(any, (_: unknown, response: unknown) => void adapter.reply(response, 'the page', 200));
      }
    }
    const guard = { provide: APP_GUARD, useValue: { canActivate: () => false } };

    @Module({ providers: [Page, guard] })
    class PageModule {}

    booted = await bootApp({ platform, imports: [PageModule] });
    expect((await booted.client.get('/anywhere')).text).toBe('the page');
    const { status, headers } = await booted.client.get('/mfa/sms/request/');
    expect([status, headers.get('allow')]).toEqual([405, 'PUT']);
  });

  it('is not listed by the log when an application starts', async () => {
    booted = await bootApp({ platform });
    const mapped = booted.log.flatMap((line) => /Mapped \{(\/mfa\S*), (\w+)\}/.exec(line)?.slice(1).join(' ') ?? []);
    expect(mapped).toContain('/mfa/sms/request/ PUT');
    const unlisted = Object.entries(ALLOWED).flatMap(([path, allow]) =>
      ['GET', 'PATCH', 'OPTIONS'].filter((method) => !allow.includes(method)).map((method) => `${path} ${method}`),
    );
    expect(mapped.filter((route) => unlisted.includes(route))).toEqual([]);
  });
});
