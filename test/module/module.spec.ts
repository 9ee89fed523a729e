import { Controller, Get, Injectable, Module, type Type, UseGuards } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import type { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CodeOptions,
  CurrentUser,
  DEFAULT_WORDS,
  MfaModule,
  type MfaModuleAsyncOptions,
  type MfaModuleOptions,
  type MfaValues,
  MultiFactorAuth,
  SessionGuard,
} from '../../src/index.js';
import { bootApp, type BootedApp, TEST_KEY } from '../support/boot-app.js';
import { Client } from '../support/client.js';
import { Outbox } from '../support/outbox.js';
import { type TestUser, TestUsers, TestUsersModule } from '../support/test-users.js';

@Injectable()
class Config {
  readonly outbox = new Outbox();
  readonly values: MfaValues = { keys: [TEST_KEY], codes: { digits: 8 }, sms: { sender: this.outbox.send } };
}

@Module({ providers: [Config], exports: [Config] })
class ConfigModule {}

@Injectable()
class ValuesFactory {
  constructor(private readonly config: Config) {}

  create(): MfaValues {
    return this.config.values;
  }
}

@Controller('hello')
@UseGuards(SessionGuard)
class HelloController {
  @Get()
  hello(@CurrentUser() { username }: TestUser): object {
    return { username };
  }
}

/** A module of the application that does not import `MfaModule` itself. */
@Module({ controllers: [HelloController] })
class HelloModule {}

const structure = { imports: [TestUsersModule, ConfigModule], users: TestUsers };
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function start(mfa: ReturnType<typeof MfaModule.forRoot>, more: { imports?: Type[]; source?: string } = {}) {
  const { imports = [], source: name } = more;
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...(name && { name }),
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        synchronize: true,
      }),
      mfa,
      ...imports,
    ],
  })
  class AppModule {}
  const silent = { log: () => undefined, error: () => undefined, warn: () => undefined };
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .setLogger(silent)
    .compile();
  const app = testing.createNestApplication();
  open.push(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, client: new Client(`http://127.0.0.1:${port}`) };
}

describe('MfaModule.forRootAsync', () => {
  it.each<[string, MfaModuleAsyncOptions]>([
    ['useFactory', { ...structure, inject: [Config], useFactory: (config: Config) => config.values }],
    ['a factory that takes its time', { ...structure, useFactory: () => Promise.resolve(new Config().values) }],
    ['useClass', { ...structure, useClass: ValuesFactory }],
  ])('gives with %s what forRoot gives', async (_, options) => {
    const { app, client } = await start(MfaModule.forRootAsync(options));
    expect(app.get(CodeOptions, { strict: false })).toEqual({ digits: 8, stepSeconds: 30 });
    const token = await client.token('alice');
    expect((await client.get('/mfa/', { token })).body).toMatchObject({ enabled: false });
    expect((await client.post('/mfa/oauth2/token/')).status).toBe(401);
  });

  it('takes the whole structure beside the factory', async () => {
    const useFactory = () => new Config().values;
    const { client } = await start(
      MfaModule.forRootAsync({ ...structure, path: 'auth', logins: ['authtoken'], useFactory }),
    );
    const json = { username: 'alice', password: 'alice-password' };
    expect((await client.post('/auth/authtoken/login/', { json })).status).toBe(200);
    expect((await client.post('/auth/oauth2/token/')).status).toBe(404);
    expect((await client.post('/mfa/authtoken/login/', { json })).status).toBe(404);
  });

  it('refuses what its factory gives wrongly, in the same sentence', async () => {
    const useFactory = (): MfaValues => ({ keys: ['short'] });
    await expect(start(MfaModule.forRootAsync({ ...structure, useFactory }))).rejects.toThrow(
      'MfaModule: `keys[0]` is not a random key',
    );
  });
});

describe('the structure of the module', () => {
  it('has both logins, or only those that are named', async () => {
    const { client } = await start(MfaModule.forRoot({ ...structure, keys: [TEST_KEY], logins: ['oauth2'] }));
    expect((await client.login('alice')).status).toBe(404);
    expect((await client.post('/mfa/oauth2/token/')).status).toBe(401);
  });

  it('keeps its tables in the data source that is named', async () => {
    const mfa = MfaModule.forRoot({ ...structure, keys: [TEST_KEY], dataSource: 'people' });
    const { app, client } = await start(mfa, { source: 'people' });
    await client.token('alice');
    const source = app.get<DataSource>(getDataSourceToken('people'), { strict: false });
    expect(await source.getRepository('mfa_session').count()).toBe(1);
    expect(source.hasMetadata(MultiFactorAuth)).toBe(true);
  });

  it('guards routes of every module of the application', async () => {
    const mfa = MfaModule.forRoot({ ...structure, keys: [TEST_KEY] });
    const { client } = await start(mfa, { imports: [HelloModule] });
    expect((await client.get('/hello')).status).toBe(401);
    expect((await client.get('/hello', { token: await client.token('alice') })).body).toEqual({ username: 'alice' });
  });

  it('is kept to the modules that import it with `isGlobal: false`', async () => {
    const mfa = MfaModule.forRoot({ ...structure, keys: [TEST_KEY], isGlobal: false });
    await expect(start(mfa, { imports: [HelloModule] })).rejects.toThrow(
      /can't resolve dependencies of the SessionGuard/,
    );
    const { client } = await start(MfaModule.forRoot({ ...structure, keys: [TEST_KEY], isGlobal: false }));
    expect((await client.login('alice')).status).toBe(200);
  });

  it("says its sentences in the application's words, which may change with each request", async () => {
    let language = 'en';
    const words = { invalid_credentials: () => (language === 'de' ? 'Falsche Anmeldedaten.' : 'No.') };
    const booted: BootedApp = await bootApp({ mfa: { words } });
    open.push(booted);
    const say = async () => (await booted.client.login('alice', { password: 'x' })).body['message'];
    expect(await say()).toBe('No.');
    language = 'de';
    expect(await say()).toBe('Falsche Anmeldedaten.');
    expect((await booted.client.get('/mfa/')).body['message']).toBe(DEFAULT_WORDS.not_authenticated);
  });
});

describe('the types of the options', () => {
  it('hold what the module needs to know before it starts', () => {
    const values: MfaValues = { keys: [] };
    const useFactory = () => values;
    // @ts-expect-error -- `users` is required
    const noUsers: MfaModuleOptions = { keys: [] };
    // @ts-expect-error -- `keys` are required
    const noKeys: MfaModuleOptions = { users: TestUsers };
    // @ts-expect-error -- `users` is required beside a factory, too
    const noUsersAsync: MfaModuleAsyncOptions = { useFactory };
    // @ts-expect-error -- users that are no directory
    const wrongUsers: MfaModuleOptions = { keys: [], users: Config };
    // @ts-expect-error -- an entity of another kind
    const wrongEntity: MfaModuleOptions = { keys: [], users: TestUsers, entity: Config };
    // @ts-expect-error -- a login that there is not
    const wrongLogin: MfaModuleOptions = { keys: [], users: TestUsers, logins: ['saml'] };
    const fromFactory: MfaModuleAsyncOptions[] = [
      // @ts-expect-error -- structure may not come from the factory
      { ...structure, useFactory: () => ({ ...values, users: TestUsers }) },
      // @ts-expect-error -- nor the entity
      { ...structure, useFactory: () => ({ ...values, entity: MultiFactorAuth }) },
      // @ts-expect-error -- nor the challenges
      { ...structure, useFactory: () => ({ ...values, challenges: [] }) },
      // @ts-expect-error -- nor the logins
      { ...structure, useFactory: () => ({ ...values, logins: [] }) },
      // @ts-expect-error -- nor the path
      { ...structure, useFactory: () => ({ ...values, path: 'mfa' }) },
    ];
    expect([noUsers, noKeys, noUsersAsync, wrongUsers, wrongEntity, wrongLogin, ...fromFactory]).toHaveLength(11);
  });
});
