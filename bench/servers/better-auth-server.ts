import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { randomBytes } from 'node:crypto';
import { inParallel } from '../load/in-parallel.js';
import { ORIGIN } from '../load/origin.js';
import { people, type Person } from '../people.js';
import type { BenchServer, ServerSettings } from './bench-server.js';
import { betterAuthDatabase } from './better-auth-database.js';
import { hashFast, verifyFast } from './fast-hash.js';
import { httpAdapter, listen } from './http-adapter.js';

@Module({})
class AppModule {}

function optionsOf(settings: ServerSettings) {
  return {
    baseURL: ORIGIN,
    secret: randomBytes(32).toString('base64'),
    database: betterAuthDatabase(settings.database),
    emailAndPassword: {
      enabled: true,
      password: {
        hash: (password: string) => Promise.resolve(hashFast(password)),
        verify: ({ hash, password }: { hash: string; password: string }) => Promise.resolve(verifyFast(hash, password)),
      },
    },
    plugins: [twoFactor({ skipVerificationOnEnable: true })],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions;
}

type Auth = ReturnType<typeof betterAuth<ReturnType<typeof optionsOf>>>;

/** better-auth, mounted on a Nest application as its documentation shows it for the server below. */
export async function startBetterAuth(settings: ServerSettings): Promise<BenchServer> {
  const options = optionsOf(settings);
  await (await getMigrations(options)).runMigrations();
  const auth = betterAuth(options);
  const app = await NestFactory.create(AppModule, httpAdapter(settings.adapter), { logger: false, bodyParser: false });
  if (settings.adapter === 'express') {
    (app as NestExpressApplication).getHttpAdapter().getInstance().all('/api/auth/*splat', toNodeHandler(auth));
  } else {
    mountOnFastify(app as NestFastifyApplication, auth);
  }
  const port = await listen(app);
  // Its codes are judged by the time of the machine, and one code may be used more than once.
  return { port, ...seeding(auth), advance: () => Date.now() };
}

/** @see https://better-auth.com/docs/integrations/fastify */
function mountOnFastify(app: NestFastifyApplication, auth: Auth): void {
  app
    .getHttpAdapter()
    .getInstance()
    .route({
      method: ['GET', 'POST'],
      url: '/api/auth/*',
      handler: async (request, reply) => {
        const answer = await auth.handler(
          new Request(new URL(request.url, ORIGIN), {
            method: request.method,
            headers: fromNodeHeaders(request.headers),
            ...(request.body ? { body: JSON.stringify(request.body) } : {}),
          }),
        );
        reply.status(answer.status);
        answer.headers.forEach((value, name) => void reply.header(name, value));
        return reply.send(answer.body ? await answer.text() : null);
      },
    });
}

function seeding(auth: Auth): Pick<BenchServer, 'addPeople' | 'enrol'> {
  let persons: Person[] = [];
  const cookies: string[] = [];
  return {
    addPeople: async (count) => {
      persons = people(count);
      await inParallel(8, persons.entries(), async ([index, { username, password }]) => {
        const body = { email: username, password, name: username };
        const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true });
        cookies[index] = headers
          .getSetCookie()
          .map((cookie) => cookie.split(';')[0])
          .join('; ');
      });
    },
    enrol: async () => {
      const secrets: string[] = [];
      await inParallel(8, persons.entries(), async ([index, { password }]) => {
        const headers = new Headers({ cookie: cookies[index]! });
        const enabled = await auth.api.enableTwoFactor({ body: { password }, headers });
        if (!('totpURI' in enabled)) throw new Error('better-auth gave no key for an authenticator app');
        secrets[index] = new URL(enabled.totpURI).searchParams.get('secret')!;
      });
      return secrets;
    },
  };
}
