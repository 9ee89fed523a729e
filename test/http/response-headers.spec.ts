import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { database, mfa } from '../applications/orders.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { Client } from '../support/client.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';
import { successes } from '../support/successes.js';

@Module({ imports: [database(), mfa()] })
class VaryingModule {}

const CONDITIONS: Record<string, string>[] = [
  { 'if-none-match': '*' },
  { 'if-none-match': 'W/"1", "2"' },
  { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
  { range: 'bytes=0-0' },
  { 'if-match': '"1"' },
];

/** The parts of Fastify that its plugins use. */
interface Fastify {
  register(plugin: object): void;
  addHook(name: string, hook: (request: Asked, reply: Reply, payload: unknown) => Promise<unknown>): void;
}

interface Asked {
  headers: Record<string, string | undefined>;
}

interface Reply {
  header(name: string, value: string): void;
  getHeader(name: string): string | undefined;
  code(status: number): void;
}

/** As `@fastify/etag` does: the hash of each body, and a 304 to a client that has it. */
function addEtags(app: INestApplication): void {
  const plugin = async (fastify: Fastify): Promise<void> => {
    fastify.addHook('onSend', async ({ headers }, reply, payload) => {
      if (typeof payload !== 'string') return payload;
      const tag = `"${createHash('sha1').update(payload).digest('base64')}"`;
      reply.header('etag', tag);
      if (headers['if-none-match'] !== tag && headers['if-none-match'] !== '*') return payload;
      reply.code(304);
      return '';
    });
  };
  const { register } = app.getHttpAdapter().getInstance() as Partial<Fastify>;
  register?.(Object.assign(plugin, { [Symbol.for('skip-override')]: true }));
}

describe.each(PLATFORMS)('the headers of an answer on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('[D-05] have no ETag, at any route', async () => {
    booted = await bootApp({ platform, setUp: addEtags });
    for await (const { route, answered } of successes(booted)) {
      expect([route, answered.headers.get('etag'), answered.headers.get('last-modified')]).toEqual([route, null, null]);
    }
  });

  it('[D-05] have no ETag for an error either', async () => {
    booted = await bootApp({ platform, setUp: addEtags });
    const paths = ['GET /mfa/', 'GET /mfa/recovery/', 'POST /mfa/authtoken/login/', 'POST /mfa/oauth2/token/'];
    for (const route of [...paths, 'PATCH /mfa/', 'PUT /mfa/sms/verify/']) {
      const [method, path] = route.split(' ') as [string, string];
      const raw = method === 'GET' ? {} : { raw: '{"', headers: { 'content-type': 'application/json' } };
      for (const sent of [{}, raw, { headers: { 'if-none-match': '*' } }]) {
        const { status, headers } = await booted.client.request(method, path, sent);
        expect([route, status >= 400, headers.get('etag')]).toEqual([route, true, null]);
      }
    }
  });

  const ask = (method: string, path: string, headers: Record<string, string>, raw?: string) =>
    booted.client.request(method, path, { headers, raw });

  it.each(CONDITIONS)(
    '[D-05] depend on no condition of the client, which would lose its code: %j',
    async (condition) => {
      booted = await bootApp({ platform, setUp: addEtags });
      await enrolledByRow(booted, 'bob');
      const headers = { ...condition, authorization: `Token ${await openSession(booted, 'bob')}` };
      const codes = [];
      for (let time = 0; time < 2; time++) {
        const { status, body } = await ask('GET', '/mfa/recovery/', headers);
        expect([status, Object.keys(body)]).toEqual([200, ['backup_code']]);
        codes.push(body['backup_code']);
      }
      expect(codes[0]).not.toBe(codes[1]);
      expect(await ask('GET', '/mfa/', headers)).toMatchObject({ status: 200, body: { enabled: true } });
      expect((await ask('HEAD', '/mfa/', headers)).status).toBe(200);
      const login = JSON.stringify({ username: 'alice', password: 'alice-password' });
      const type = { ...condition, 'content-type': 'application/json' };
      expect((await ask('POST', '/mfa/authtoken/login/', type, login)).status).toBe(200);
    },
  );

  it("[D-05] are the application's own on its own routes", async () => {
    booted = await bootApp({ platform, setUp: addEtags });
    const token = await booted.client.token('alice');
    const tag = (await booted.client.get('/app/me', { token })).headers.get('etag');
    expect(tag).toMatch(/^(W\/)?"/);
    const headers = { authorization: `Token ${token}`, 'if-none-match': tag! };
    expect((await ask('GET', '/app/me', headers)).status).toBe(304);
  });

  it('[D-06] add to what CORS says in Vary', async () => {
    const setUp = (app: INestApplication) => app.enableCors({ origin: ['https://app.example', 'https://www.example'] });
    booted = await bootApp({ platform, setUp });
    const headers = { origin: 'https://app.example' };
    const broken = { raw: '{"', headers: { ...headers, 'content-type': 'application/json' } };
    for (const [method, path, sent] of [
      ['GET', '/mfa/', { headers }],
      ['PATCH', '/mfa/', { headers }],
      ['GET', '/mfa/unknown/', { headers }],
      ['POST', '/mfa/authtoken/login/', broken],
      ['POST', '/mfa/oauth2/token/', broken],
    ] as const) {
      const answered = await booted.client.request(method, path, sent);
      const vary = answered.headers.get('vary')?.split(/, */).toSorted();
      expect([method, path, vary]).toEqual([method, path, ['Authorization', 'Cookie', 'Origin']]);
      expect(answered.headers.get('access-control-allow-origin')).toBe('https://app.example');
    }
  });

  it('[D-06] add to what Vary said before the module', async () => {
    const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
    const said = 'Origin, cookie';
    if (adapter instanceof FastifyAdapter) {
      adapter.getInstance().addHook('onRequest', async (_, reply) => void reply.header('Vary', said));
    } else
      adapter.use((_: unknown, response: ServerResponse, next: () => void) => {
        response.setHeader('Vary', said);
        next();
      });
    const app = await NestFactory.create(VaryingModule, adapter as ExpressAdapter, { logger: false });
    booted = { close: () => app.close() } as BootedApp;
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const { headers } = await new Client(`http://127.0.0.1:${port}`).get('/mfa/');
    expect(headers.get('vary')).toBe('Origin, cookie, Authorization');
  });
});
