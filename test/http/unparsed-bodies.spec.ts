import { NestFactory } from '@nestjs/core';
import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { json, urlencoded } from 'express';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OAuthClients } from '../../src/index.js';
import { database, mfa } from '../applications/orders.js';
import { Client } from '../support/client.js';
import { lineLog } from '../support/logs.js';
import { basic } from '../support/oauth.js';

const ALICE = { username: 'alice', password: 'alice-password' };
const REASON = {
  statusCode: 500,
  message: 'The server does not read this kind of request body.',
  code: 'unparsed_body',
};

@Module({ imports: [database(), mfa()] })
class AppModule {}

/** Puts the parsers where Nest's documentation of middleware puts them. */
@Module({ imports: [database(), mfa()] })
class ParsingModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(json(), urlencoded({ extended: false })).forRoutes('*path');
  }
}

let app: NestExpressApplication;
const log: string[] = [];
afterEach(() => app.close());

/** An application without Nest's parsers. */
async function start(Root: new () => object, adapter: object): Promise<Client> {
  log.length = 0;
  const options = { bodyParser: false, logger: lineLog(log), abortOnError: false };
  app = await NestFactory.create<NestExpressApplication>(Root, adapter as ExpressAdapter, options);
  await app.listen(0, '127.0.0.1');
  return new Client(`http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`);
}

describe('an application with `bodyParser: false`', () => {
  it('[F-27] is told so by each route that reads a body, on Express', async () => {
    const client = await start(AppModule, new ExpressAdapter());
    for (const sent of [{ json: ALICE }, { form: ALICE }]) {
      const { status, body } = await client.post('/mfa/authtoken/login/', sent);
      expect([status, body]).toMatchObject([500, REASON]);
    }
    const { clientId, clientSecret } = await app
      .get(OAuthClients, { strict: false })
      .create({ name: 'c', grants: ['password'] });
    const form = { grant_type: 'password', ...ALICE };
    const headers = { authorization: basic(clientId, clientSecret!) };
    expect((await client.post('/mfa/oauth2/token/', { form, headers })).body).toEqual({
      error: 'server_error',
      error_description: REASON.message,
    });
    expect(
      log.filter((line) => line.includes('No body parser has read a request. Take `bodyParser: false`')),
    ).toHaveLength(3);
    expect((await client.post('/mfa/authtoken/login/')).status).toBe(400);
    expect((await client.post('/mfa/logout/', { json: {} })).status).toBe(401);
  });

  it('[F-27] is told so for a form on Fastify, which reads JSON by itself', async () => {
    const client = await start(AppModule, new FastifyAdapter());
    expect((await client.post('/mfa/authtoken/login/', { json: ALICE })).status).toBe(200);
    const { status, body } = await client.post('/mfa/authtoken/login/', { form: ALICE });
    expect([status, body]).toMatchObject([500, REASON]);
    expect(log.join()).toContain('No body parser has read a request.');
  });

  it('[F-27] works with parsers of its own', async () => {
    const client = await start(ParsingModule, new ExpressAdapter());
    for (const sent of [{ json: ALICE }, { form: ALICE }]) {
      expect((await client.post('/mfa/authtoken/login/', sent)).status).toBe(200);
    }
  });
});
