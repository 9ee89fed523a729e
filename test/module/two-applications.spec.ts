import { Injectable, Module, type Type } from '@nestjs/common';
import { PassportModule, PassportStrategy } from '@nestjs/passport';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { afterEach, describe, expect, it } from 'vitest';
import { MfaModule } from '../../src/index.js';
import { bootApp, type BootedApp, type Platform, TEST_KEY } from '../support/boot-app.js';
import { Client } from '../support/client.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';

const OTHER_KEY = 'UWd5vQm9p8b0s1n3rY4kT7xZc6L2hJfEaR0oPqWtXyU=';

@Injectable()
class LocalStrategy extends PassportStrategy(Strategy) {
  validate(): object {
    return { by: 'the application' };
  }
}

@Module({ imports: [PassportModule], providers: [LocalStrategy] })
class LocalModule {}

describe('two applications in one process', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((app) => app.close()));
  });

  async function boot(platform: Platform, path: string, key: string, only: string): Promise<BootedApp> {
    const booted = await bootApp({ platform, mfa: { path, keys: [key] } });
    open.push(booted);
    booted.users.all.splice(0, Infinity, ...booted.users.all.filter(({ username }) => username === only));
    return { ...booted, client: new PathClient(booted.client.origin, path) };
  }

  it('have paths, keys and users of their own', async () => {
    const one = await boot('express', 'mfa', TEST_KEY, 'alice');
    const two = await boot('fastify', 'auth/second', OTHER_KEY, 'bob');
    const [alice, bob] = [await one.client.token('alice'), await two.client.token('bob')];
    expect([(await one.client.login('bob')).status, (await two.client.login('alice')).status]).toEqual([400, 400]);
    expect([await opens(one, alice), await opens(two, bob)]).toEqual([200, 200]);
    expect([await opens(one, bob), await opens(two, alice)]).toEqual([401, 401]);
    const crossed = await new Client(two.client.origin).get('/mfa/', { token: bob });
    expect(crossed.status).toBe(404);
  });

  it('close one by one, and the other goes on', async () => {
    const one = await boot('express', 'mfa', TEST_KEY, 'bob');
    const two = await boot('express', 'mfa', OTHER_KEY, 'bob');
    await enrolled(two, 'bob');
    await one.close();
    open.splice(open.indexOf(one), 1);
    const mfa_code = await codeByLogin(two, 'bob');
    expect((await two.client.login('bob', { mfa_code })).status).toBe(200);
    expect((await two.client.login('bob', { password: 'wrong' })).status).toBe(400);
  });

  it('may be made of the same class', async () => {
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          autoLoadEntities: true,
          synchronize: true,
        }),
        MfaModule.forRoot({ imports: [TestUsersModule], users: TestUsers, keys: [TEST_KEY] }),
      ],
    })
    class AppModule {}
    const [one, two] = [await start(AppModule), await start(AppModule)];
    const token = await one.token('alice');
    expect((await one.get('/mfa/', { token })).status).toBe(200);
    // The same key, and another database.
    expect((await two.get('/mfa/', { token })).status).toBe(401);
    await open.shift()!.close();
    expect((await two.get('/mfa', { token: await two.token('alice') })).status).toBe(200);
  });

  it("leave the application's own passport strategy in place, before and after", async () => {
    const registry = passport as unknown as { _strategies: Record<string, unknown> };
    // Another application of this process may have one by that name.
    passport.unuse('local');
    const before = Object.keys(registry._strategies);
    const booted = await bootApp({ imports: [LocalModule] });
    const own = registry._strategies['local'];
    expect(own).toBe(booted.app.get(LocalStrategy, { strict: false }));
    expect((await booted.client.login('alice', { password: 'wrong' })).status).toBe(400);
    expect((await booted.client.login('alice')).status).toBe(200);
    await booted.close();
    expect(registry._strategies['local']).toBe(own);
    expect(Object.keys(registry._strategies)).toEqual([...before, 'local']);
    passport.unuse('local');
  });

  async function start(AppModule: Type): Promise<Client> {
    const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = await testing.createNestApplication({ logger: false }).listen(0, '127.0.0.1');
    open.push({ close: () => testing.close() });
    return new Client(`http://127.0.0.1:${(app as { address(): AddressInfo }).address().port}`);
  }
});

const opens = async ({ client }: BootedApp, token: string) => (await client.get('/mfa/', { token })).status;

/** A client of an application whose module has another path. */
class PathClient extends Client {
  constructor(
    origin: string,
    private readonly path: string,
  ) {
    super(origin);
  }

  override request(...[method, path, sent]: Parameters<Client['request']>): ReturnType<Client['request']> {
    return super.request(method, path.replace(/^\/mfa/, `/${this.path}`), sent);
  }
}
