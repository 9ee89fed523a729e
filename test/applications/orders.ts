import { Injectable, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MfaModule, type MfaModuleOptions } from '../../src/index.js';
import { TEST_KEY } from '../support/boot-app.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';

/** What handlers of every kind were let do. */
@Injectable()
export class Orders {
  /** What reached a handler, as it did. */
  readonly seen: unknown[] = [];

  note<T>(what: T): T {
    this.seen.push(what);
    return what;
  }
}

@Module({ providers: [Orders], exports: [Orders] })
export class OrdersModule {}

/** A database in memory. */
export const database = () =>
  TypeOrmModule.forRoot({ type: 'better-sqlite3', database: ':memory:', autoLoadEntities: true, synchronize: true });

/** The module as getting started has it. */
export const mfa = (more: Partial<MfaModuleOptions> = {}) =>
  MfaModule.forRoot({ imports: [TestUsersModule], users: TestUsers, keys: [TEST_KEY], ...more });
