import { type INestApplication, Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { ModulesContainer, NestFactory, REQUEST } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  Clock,
  KeyProvider,
  MfaEvents,
  MfaModule,
  type MfaModuleOptions,
  SmsQueue,
  SmsSender,
} from '../../src/index.js';
import { PagerChallenge } from '../support/pager-challenge.js';
import { Pagers } from '../support/pagers.js';
import { bootApp, type BootedApp, PLATFORMS, TEST_KEY } from '../support/boot-app.js';
import { TestUsers } from '../support/test-users.js';

/** The tenant of a request, in each of the ways that Nest has to tie something to it. */
@Injectable({ scope: Scope.REQUEST })
class Tenant {
  @Inject(REQUEST) readonly request!: unknown;
}
@Injectable({ scope: Scope.REQUEST, durable: true })
class DurableTenant {}
/** No scope of its own, but of what is behind it. */
@Injectable()
class Names {
  @Inject(Tenant) readonly tenant!: Tenant;
}

const KEEPERS: [string, Type][] = [
  ['request-scoped', Tenant],
  ['durable', DurableTenant],
  ['indirectly request-scoped', Names],
];

/** A subclass with something injected into it. */
function withInjected<T extends Type<object>>(Base: T, Injected: Type): T {
  const Given = class Given extends (Base as Type<object>) {};
  Injectable()(Given);
  Inject(Injected)(Given.prototype, 'injected');
  return Given as unknown as T;
}

function scoped<T extends Type<object>>(Base: T, scope: Scope, durable = false): T {
  const Given = class Given extends (Base as Type<object>) {};
  Injectable({ scope, durable })(Given);
  return Given as unknown as T;
}

const SHARED = [Tenant, DurableTenant, Names, Clock, Pagers];

@Module({ providers: SHARED, exports: SHARED })
class TenantModule {}

class Listener extends MfaEvents {
  on(): void {}
}
class Keys extends KeyProvider {
  readonly keyId = 'test';
  wrap = (key: Buffer) => Promise.resolve(key);
  unwrap = (wrapped: Buffer) => Promise.resolve(wrapped);
}
class Sender extends SmsSender {
  send(): Promise<void> {
    return Promise.resolve();
  }
}
class Queue extends SmsQueue {
  add(): Promise<void> {
    return Promise.resolve();
  }
}
/** Each thing that an application gives, in the options. */
const GIVEN: [string, Type<object>, (Given: never) => Partial<MfaModuleOptions>][] = [
  ['users', TestUsers, (users) => ({ users })],
  ['events', Listener, (events) => ({ events })],
  ['keyProvider', Keys, (keyProvider) => ({ keyProvider })],
  ['sms.sender', Sender, (sender) => ({ sms: { sender } })],
  ['sms.fallback', Sender, (fallback) => ({ sms: { sender: () => Promise.resolve(), fallback } })],
  ['sms.queue', Queue, (queue) => ({ sms: { sender: () => Promise.resolve(), queue } })],
];

async function start(mfa: Partial<MfaModuleOptions>, async = false): Promise<void> {
  const users = mfa.users ?? TestUsers;
  @Module({ imports: [TenantModule], providers: [users], exports: [users, TenantModule] })
  class UsersModule {}
  const imports = [UsersModule];
  const options = { users, keys: [TEST_KEY], ...mfa, imports };
  const factory = { inject: [Tenant], useFactory: () => ({ keys: [TEST_KEY] }) };
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        synchronize: true,
      }),
      async ? MfaModule.forRootAsync({ users, imports, ...factory }) : MfaModule.forRoot(options),
    ],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

describe.each(GIVEN)('what an application gives as `%s`', (option, Base, options) => {
  const sentence = `\`${option}\`: Given has a scope`;

  it.each(KEEPERS)('[F-17] refuses to start with something injected that is %s', async (_, Injected) => {
    await expect(start(options(withInjected(Base, Injected) as never))).rejects.toThrow(sentence);
  });

  it.each([false, true])('[F-17] refuses to start request-scoped, durable: %s', async (durable) => {
    await expect(start(options(scoped(Base, Scope.REQUEST, durable) as never))).rejects.toThrow(sentence);
  });

  it('[F-17] starts with what has no scope', async () => {
    await expect(start(options(withInjected(Base, Clock) as never))).resolves.toBeUndefined();
  });
});

describe('what else an application gives', () => {
  it.each([Scope.REQUEST, Scope.TRANSIENT])(
    '[F-17] refuses to start as a challenge with the scope %i',
    async (scope) => {
      const challenges = [scoped(PagerChallenge, scope)];
      await expect(start({ challenges })).rejects.toThrow('`challenges`: Given has a scope');
    },
  );

  it('[F-17] refuses to start as a challenge with something request-scoped in it', async () => {
    const challenges = [withInjected(PagerChallenge, Names)];
    await expect(start({ challenges })).rejects.toThrow('`challenges`: Given has a scope');
  });

  it('[F-17] refuses to start as transient `users`: each of their instances would make a decoy of its own', async () => {
    const users = scoped(TestUsers, Scope.TRANSIENT);
    await expect(start({ users })).rejects.toThrow('`users`: Given has a scope');
  });

  // Nest itself refuses it, because our filter would have no words.
  it('[F-17] refuses to start as values of a request', async () => {
    await expect(start({}, true)).rejects.toThrow('depends on a request-scoped provider');
  });
});

/** Everything that Nest knows of an application. */
function registered({ app }: BootedApp): number {
  const modules = [...app.get(ModulesContainer).values()];
  return modules.reduce((sum, one) => sum + one.providers.size + one.controllers.size + one.injectables.size, 0);
}

describe.each(PLATFORMS)('users of the tenant that a host names, on %s', (platform) => {
  const tenants = new AsyncLocalStorage<string>();
  let booted: BootedApp;
  afterEach(() => booted.close());
  // Used once, it slows every promise of the process down.
  afterAll(() => tenants.disable());

  it('[F-17] sign in with the same work for each name, and leave nothing behind', async () => {
    const asked: (string | undefined)[] = [];
    const setUp = (app: INestApplication) => {
      app.use((request: IncomingMessage, _: unknown, next: () => void) => tenants.run(request.headers.host!, next));
    };
    booted = await bootApp({ platform, setUp });
    const { users, client } = booted;
    const find = users.findByUsername.bind(users);
    users.findByUsername = (username) => {
      asked.push(tenants.getStore());
      return find(username);
    };
    let made = 0;
    users.hashPassword = () => Promise.reject(new Error(`made ${++made}`));
    const before = registered(booted);
    for (let login = 0; login < 5; login++) {
      await client.token('alice');
      expect((await client.login('nobody')).status).toBe(400);
      expect((await client.login('alice', { password: 'wrong' })).status).toBe(400);
    }
    expect(new Set(asked)).toEqual(new Set([new URL(client.origin).host]));
    // One for each login, and none is made.
    expect([users.verifications.length, made, registered(booted)]).toEqual([15, 0, before]);
  });
});
