import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered, Sent } from '../support/client.js';
import { expectRefusal } from '../support/denied.js';
import { enrolledByRow, wrongCode } from '../support/factor-rows.js';
import { onTheWire, openSession, rawRows } from '../support/own-mfa.js';

const ROUTES = [
  'GET /mfa/',
  'GET /mfa/recovery/',
  'PUT /mfa/sms/request/',
  'PUT /mfa/sms/verify/',
  'POST /mfa/step-up/',
  'POST /mfa/logout/',
  'POST /mfa/authtoken/login/',
  'PUT /mfa/authtoken/login/',
  'POST /mfa/oauth2/token/',
  'DELETE /mfa/',
].map((route) => route.split(' ') as [string, string]);

@Controller('elsewhere')
class ElsewhereController {
  @Get()
  get(): string {
    return 'elsewhere';
  }
}

describe.each(PLATFORMS)('the routes on %s', (platform) => {
  let booted: BootedApp;
  let token: string;
  beforeEach(async () => {
    booted = await bootApp({ platform, controllers: [ElsewhereController] });
    await enrolledByRow(booted, 'bob');
    token = await openSession(booted, 'bob');
  });
  afterEach(() => booted.close());

  const MFA_TABLE = 'mfa_multi_factor_auth';
  const authorization = () => ({ authorization: `Token ${token}` });

  function expectUncached({ headers }: Answered): void {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('vary')).toMatch(/Authorization/i);
  }

  it.each([
    '/MFA/Recovery/',
    '/mfa/recovery',
    '/./mfa/recovery/',
    '/mfa//recovery/',
    '//mfa/recovery/',
    '/%6dfa/recovery/',
    '/mfa/%72ecovery/',
    '/mfa%2frecovery/',
    '/mfa/recovery;x/',
    '/mfa/recovery#x',
    '\\mfa\\recovery\\',
    '/mfa\\recovery/#',
    '/mfa/recovery?/',
  ])('[I-11] guard %s like the path that it stands for, or do not know it', async (path) => {
    const before = await rawRows(booted, MFA_TABLE);
    const anonymous = await onTheWire(booted, { method: 'GET', path });
    expect([400, 401, 404]).toContain(anonymous.status);
    const prefetch = { ...authorization(), 'sec-purpose': 'prefetch' };
    expectRefusal(await onTheWire(booted, { method: 'GET', path, headers: prefetch }));
    expect(await rawRows(booted, MFA_TABLE)).toEqual(before);
    const known = await onTheWire(booted, { method: 'GET', path, headers: authorization() });
    expect([200, 400, 404]).toContain(known.status);
    expect('backup_code' in known.body).toBe(known.status === 200);
    expect([known.status !== 200, known.headers.get('cache-control') === 'no-store']).toContain(true);
  });

  it('[I-11] take no other method for theirs, also when a header asks for it', async () => {
    const before = await rawRows(booted, MFA_TABLE);
    const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override', '_method'];
    for (const header of overrides) {
      const headers = { ...authorization(), [header]: 'DELETE' };
      expect((await booted.client.get('/mfa/?_method=DELETE', { headers })).status).toBe(200);
      expectRefusal(await booted.client.post('/mfa/?_method=DELETE', { headers, json: { _method: 'DELETE' } }));
    }
    expect(await rawRows(booted, MFA_TABLE)).toEqual(before);
  });

  it('[I-11] answer PATCH and what else they do not know with 404 or 405', async () => {
    for (const [, path] of ROUTES) {
      for (const method of ['PATCH', 'PROPFIND', 'TRACE', 'LINK', 'PURGE']) {
        const { status, text } = await onTheWire(booted, { method, path, headers: authorization() });
        expect([404, 405, 501]).toContain(status);
        expect(text).not.toMatch(/token"|backup_code/);
      }
    }
  });

  it('[I-11] let HEAD do nothing', async () => {
    const before = await rawRows(booted, MFA_TABLE);
    const sent = booted.outbox.count;
    for (const [, path] of ROUTES) {
      const { status, text } = await onTheWire(booted, { method: 'HEAD', path, headers: authorization() });
      expect([200, 404, 405]).toContain(status);
      expect(text).toBe('');
    }
    expect(await rawRows(booted, MFA_TABLE)).toEqual(before);
    expect(booted.outbox.count).toBe(sent);
  });

  it('[L-06] forbid to keep any answer, refusal or error', async () => {
    const tooLong = `"${'x'.repeat(1_100_000)}"`;
    const type = (name: string) => ({ 'content-type': name });
    const seen = new Set<number>();
    for (const [method, path] of ROUTES) {
      const session = await openSession(booted, 'bob');
      const kinds: Sent[] = [
        {},
        { token: 'unknown' },
        { token: session, headers: { 'sec-fetch-site': 'cross-site' } },
        { raw: '{"broken', headers: type('application/json') },
        { token: session, raw: '{"broken', headers: type('application/json') },
        { raw: tooLong, headers: type('application/json') },
        { raw: '<a/>', headers: type('application/xml') },
        { json: { username: 'bob', password: 'bob-password' } },
        { json: { username: 'alice', password: 'alice-password' } },
        { json: { username: 'bob', password: 'wrong' } },
        { token: session, json: { phone_number: '14085550100' } },
        { token: session, json: {} },
        { token: session },
      ];
      for (const { raw, json, ...rest } of kinds) {
        const answered = await booted.client.request(method, path, method === 'GET' ? rest : { ...rest, raw, json });
        seen.add(answered.status);
        expectUncached(answered);
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining([200, 204, 400, 401, 403, 413]));
  });

  it('[L-06] forbid to keep a 404, 405 and 429, whatever the spelling of the path', async () => {
    const paths = ['/mfa/unknown', '/mfa/unknown/', '/MFA/', '/mfa/sms', '/mfa/?x=%zz', '/mfa/%00', '/mfa'];
    // Fastify answers a path that does not decode before any hook: nothing of the module can be in that.
    if (platform === 'express') paths.push('/mfa/%zz');
    for (const path of paths)
      expectUncached(await onTheWire(booted, { method: 'GET', path, headers: authorization() }));
    expectUncached(await booted.client.request('PATCH', '/mfa/', { token }));
    expectUncached(await booted.client.request('HEAD', '/mfa/recovery/', { token }));
    expectUncached(await booted.client.request('OPTIONS', '/mfa/recovery/', { token }));
    const mfa_code = await wrongCode(booted, 'bob');
    for (let guess = 0; guess < 5; guess++) await booted.client.login('bob', { mfa_code });
    const locked = await booted.client.login('bob', { mfa_code });
    expect(locked.status).toBe(429);
    expectUncached(locked);
  });

  it('[L-06] leave other routes as the application made them', async () => {
    const { headers, status } = await booted.client.get('/elsewhere');
    expect([status, headers.get('cache-control')]).toEqual([200, null]);
  });
});
