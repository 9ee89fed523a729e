import {
  Controller,
  Get,
  type INestApplication,
  type LoggerService,
  Module,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import { DataSource, type DataSourceOptions, type Logger as QueryLogger } from 'typeorm';
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
import { Outbox } from './outbox.js';
import { TestClock } from './test-clock.js';
import { type TestUser, TestUsers, TestUsersModule } from './test-users.js';

export type Platform = 'express' | 'fastify';
export const PLATFORMS: Platform[] = ['express', 'fastify'];

/** A key for tests: random-looking, and the same everywhere. */
export const TEST_KEY = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=';

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
  statements: { sql: string; parameters: unknown[] }[];
  close(): Promise<void>;
}

/** Starts an application as a user would write it, with a gateway, a clock and a log that the test holds. */
export async function bootApp(options: BootOptions = {}): Promise<BootedApp> {
  const { platform = 'express', clock = new TestClock(), outbox = new Outbox() } = options;
  const log: string[] = [];
  const statements: BootedApp['statements'] = [];
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
  const app =
    platform === 'fastify'
      ? testing.createNestApplication(new FastifyAdapter() as never)
      : testing.createNestApplication();
  app.useLogger(logger);
  options.setUp?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const users = app.get(TestUsers, { strict: false });
  const database = app.get(DataSource);
  const client = new Client(`http://127.0.0.1:${port}`);
  return { app, client, clock: clock as TestClock, outbox, users, database, log, statements, close: () => app.close() };
}

function lineLog(lines: string[]): LoggerService {
  const line = (...parts: unknown[]) =>
    void lines.push(parts.map((part) => (part instanceof Error ? String(part.stack) : JSON.stringify(part))).join(' '));
  return { log: line, error: line, warn: line, debug: line, verbose: line, fatal: line };
}

function queryLog(statements: BootedApp['statements']): QueryLogger {
  const keep = (sql: string, parameters: unknown[] = []) => void statements.push({ sql, parameters: [...parameters] });
  const ignore = () => undefined;
  return {
    logQuery: keep,
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  };
}
