import { Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MfaModule, type MfaModuleAsyncOptions, Misconfiguration } from '../../src/index.js';
import { TEST_KEY } from './boot-app.js';
import { TestUsers, TestUsersModule } from './test-users.js';

/** One sentence, which names the option and says or shows what would be right. */
export const SENTENCE = /^MfaModule: [^\n]*`[^\n]*, e\.g\. [^\n]*\.$/;

/** What is none of an option's kinds, however it comes to be there. */
export const ODD: [name: string, value: unknown][] = [
  ['null', null],
  ['a list', []],
  ['an object', {}],
  ['a promise', Promise.resolve({})],
  ['a map', new Map([['digits', 6]])],
  ['NaN', NaN],
  ['a text', 'true'],
  ['an empty text', ''],
  ['a number', 1],
  ['true', true],
  ['a symbol', Symbol('odd')],
  ['an instance', new (class Odd {})()],
  ['a class', class Odd {}],
];

/** The structure that every application needs. */
export const structure = { imports: [TestUsersModule], users: TestUsers };

/** What an application says when it starts, or `it started`. */
export async function start(mfa: () => Type | ReturnType<typeof MfaModule.forRoot>): Promise<string> {
  try {
    const database = TypeOrmModule.forRoot({ type: 'better-sqlite3', database: ':memory:', autoLoadEntities: true });
    @Module({ imports: [database, mfa()] })
    class AppModule {}
    const silent = { log: () => undefined, error: () => undefined, warn: () => undefined };
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .setLogger(silent)
      .compile();
    await testing.close();
    return 'it started';
  } catch (error) {
    return error instanceof Misconfiguration ? error.message : `not a Misconfiguration: ${String(error)}`;
  }
}

/** The same, for these options beside the ones that it needs. */
export const byOptions = (options: object) =>
  start(() => MfaModule.forRoot({ ...structure, keys: [TEST_KEY], ...options }));
/** The same, for values from a factory. */
export const byFactory = (values: unknown, more: object = {}) =>
  start(() => MfaModule.forRootAsync({ ...structure, useFactory: () => values, ...more } as MfaModuleAsyncOptions));
