import { Controller, Get, type INestApplication, Module, type Type, UseGuards } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import { DataSource, type DataSourceOptions } from 'typeorm';
import {
  Clock,
  CurrentSession,
  CurrentUser,
  MfaModule,
  type MfaModuleOptions,
  MfaSession,
  minutes,
  RequireMfa,
  SessionGuard,
} from '../../src/index.js';
import { Client } from './client.js';
import { lineLog, queryLog, type Statement } from './logs.js';
import { Outbox } from './outbox.js';
import { TestClock } from '../../src/testing.js';
import { type TestUser, TestUsers, TestUsersModule } from './test-users.js';

export type Platform = 'express' | 'fastify';
export const PLATFORMS: Platform[] = ['express', 'fastify'];

/** A key for tests: random-looking, and the same everywhere. */
export const TEST_KEY = 'hy05gCzbbBQa4hk7Z7saRzAI434V9LDCSaY1pAovNzQ=';

@Controller('app')
export class AppController {
  @Get('me')
  @UseGuards(SessionGuard)
  me(@CurrentUser() user: TestUser, @CurrentSession() session: MfaSession): object {
    return { username: user.username, amr: session.amr };
  }

  @Get('vault')
  @RequireMfa({ maxAge: minutes(5) })
  vault(@CurrentUser() user: TestUser): object {
    return { username: user.username };
  }
}

export interface BootOptions {
  platform?: Platform;
  mfa?: Partial<MfaModuleOptions>;
  /** More of the application: modules, and what is done to it before it starts. */
  imports?: Type[];
  controllers?: Type[];
  setUp?: (app: INestApplication) => void;
  /** The address of a proxy in front of it, which may say in `X-Forwarded-For` for whom it asks. */
  trustedProxy?: string;
  database?: DataSourceOptions;
  /** Uses tables that another application has made. */
  keepTables?: boolean;
  clock?: Clock;
  outbox?: Outbox;
}

/** An application with the module in it, listening on a port of its own, and what a test needs to work on it. */
export interface BootedApp {
  app: INestApplication;
  client: Client;
  clock: TestClock;
  outbox: Outbox;
  users: TestUsers;
  database: DataSource;
  /** Every line that was logged, at every level. */
  log: string[];
  /** Every SQL statement, with its parameters. */
  statements: Statement[];
  close(): Promise<void>;
}

/** Starts an application as a user would write it, with a gateway, a clock and a log that the test holds. */
export async function bootApp(options: BootOptions = {}): Promise<BootedApp> {
  const { platform = 'express', clock = new TestClock(), outbox = new Outbox() } = options;
  const log: string[] = [];
  const statements: Statement[] = [];
  const source: DataSourceOptions = {
    ...(options.database ?? { type: 'better-sqlite3', database: ':memory:' }),
  };

  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...source,
        autoLoadEntities: true,
        synchronize: !options.keepTables,
        logging: true,
        logger: queryLog(statements),
      }),
      MfaModule.forRoot({
        imports: [TestUsersModule],
        users: TestUsers,
        keys: [TEST_KEY],
        sms: { sender: outbox.send },
        ...options.mfa,
      }),
      ...(options.imports ?? []),
    ],
    controllers: [AppController, ...(options.controllers ?? [])],
  })
  class AppModule {}

  const logger = lineLog(log);
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .setLogger(logger)
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = applicationOn(platform, testing, options.trustedProxy);
  app.useLogger(logger);
  options.setUp?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const users = app.get(TestUsers, { strict: false });
  const database = app.get(DataSource);
  const client = new Client(`http://127.0.0.1:${port}`);
  return { app, client, clock: clock as TestClock, outbox, users, database, log, statements, close: () => app.close() };
}

/** Each framework has a way of its own to say which proxy is believed. */
function applicationOn(platform: Platform, testing: TestingModule, trustedProxy?: string): INestApplication {
  if (platform === 'fastify') {
    return testing.createNestApplication(new FastifyAdapter({ trustProxy: trustedProxy ?? false }) as never);
  }
  const app = testing.createNestApplication<NestExpressApplication>();
  if (trustedProxy !== undefined) app.set('trust proxy', trustedProxy);
  return app;
}
