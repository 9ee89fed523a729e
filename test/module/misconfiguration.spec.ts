import { ConsoleLogger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Entity, VersionColumn } from 'typeorm';
import { describe, expect, it } from 'vitest';
import {
  AbstractMultiFactorAuth,
  MfaModule,
  type MfaModuleOptions,
  type MfaValues,
  Misconfiguration,
  OwnCredential,
  TotpChallenge,
} from '../../src/index.js';
import { TEST_KEY } from '../support/boot-app.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';

class Undecorated extends AbstractMultiFactorAuth {}

class WebSession extends OwnCredential {
  read = () => null;
  issue = () => undefined;
}

@Entity('without_default')
class WithoutDefault extends AbstractMultiFactorAuth {
  @VersionColumn() revision!: number;
}

/** Starts an application with these options, whatever the types say of them. */
async function start(options: object, autoLoadEntities = true): Promise<void> {
  const given = { imports: [TestUsersModule], users: TestUsers, keys: [TEST_KEY], ...options } as MfaModuleOptions;
  await startWith(() => MfaModule.forRoot(given), autoLoadEntities);
}

async function startWith(mfa: () => ReturnType<typeof MfaModule.forRoot>, autoLoadEntities = true): Promise<void> {
  const database = TypeOrmModule.forRoot({ type: 'better-sqlite3', database: ':memory:', autoLoadEntities });
  @Module({ imports: [database, mfa()] })
  class AppModule {}
  await Test.createTestingModule({ imports: [AppModule] })
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
}

describe('an application that is configured wrongly does not start, and says which option and what would be right', () => {
  it.each<[string, object, string]>([
    ['no keys', { keys: undefined }, '`keys` is missing, e.g. keys: [process.env.MFA_KEY]'],
    ['an empty list of keys', { keys: [] }, '`keys` is missing, e.g. keys: [process.env.MFA_KEY]'],
    ['a key that is not set', { keys: [undefined] }, '`keys[0]` is missing'],
    ['a key that is no key', { keys: [TEST_KEY, 'secret'] }, '`keys[1]` is not a random key of 32 or 64 bytes'],
    ['no users', { users: undefined }, '`users` is missing, e.g. users: UsersService'],
    ['users that are no directory', { users: TestUsersModule }, 'TestUsersModule does not extend UserDirectory'],
    [
      'an entity of another kind',
      { entity: TestUsers },
      '`entity` does not extend AbstractMultiFactorAuth, e.g. @Entity()',
    ],
    ['an entity that is none', { entity: Undecorated }, 'TypeORM does not know Undecorated, e.g. @Entity() on it'],
    ['no challenge', { challenges: [] }, '`challenges` is empty, e.g. challenges: [SmsChallenge]'],
    ['a login that there is not', { logins: ['saml'] }, "e.g. logins: ['authtoken', 'oauth2']"],
    [
      'a credential that is no class of its port',
      { signedIn: TestUsers },
      '`signedIn` must be a class that extends OwnCredential, e.g. signedIn: MyOwnCredential.',
    ],
    [
      'logins of the module beside a credential of the application',
      { signedIn: WebSession, logins: ['authtoken'] },
      '`logins` give tokens of the module, and `signedIn` takes only yours, e.g. logins: [].',
    ],
    [
      'a place for a token that nobody would look at',
      { signedIn: WebSession, token: () => undefined },
      '`token` finds tokens of the module, and `signedIn` takes only yours, e.g. token: undefined.',
    ],
    ['a token in place of a function', { token: 'sid' }, '`token` must be a function, e.g. token: (request) => '],
    ['slashes around the path', { path: '/mfa/' }, "e.g. path: 'mfa'"],
    [
      'an authenticator app without the name of the service',
      { challenges: [TotpChallenge] },
      "totp: { issuer: 'Example Bank' }",
    ],
    ['a name of the service with a colon', { totp: { issuer: 'Example: Bank' } }, '`totp.issuer` is invalid'],
    ['a misspelt value', { atempts: {} }, 'Unknown option `atempts`. Known options: imports, users, entity'],
    ['a misspelt limit', { attempts: { maxFailure: 3 } }, 'Unknown option `attempts.maxFailure`. Known options: '],
    [
      'a limit out of range',
      { codes: { digits: 4 } },
      '`codes.digits` is invalid: digits must not be less than 6, e.g. ',
    ],
    [
      "a key of Twilio's API in place of the account",
      { sms: { twilio: { accountSid: 'SK1', authToken: 'token', from: '+15005550006' } } },
      '`sms.twilio.accountSid` must begin with AC',
    ],
    [
      'a country that there is not',
      { sms: { allowedCountries: ['US', 'XX'] } },
      '`sms.allowedCountries`: "XX" is not a country',
    ],
    [
      'a country in small letters',
      { sms: { allowedCountries: ['us'] } },
      "e.g. sms: { allowedCountries: ['US', 'CA'] }",
    ],
    [
      'a country that is not set',
      { sms: { allowedCountries: ['US', undefined] as string[] } },
      '`sms.allowedCountries`: undefined is not a country',
    ],
    [
      'no country',
      { sms: { allowedCountries: [] } },
      '`sms.allowedCountries` must be a list of countries, e.g. sms: {',
    ],
    [
      'a country that is no list',
      { sms: { allowedCountries: 'US' } },
      '`sms.allowedCountries` must be a list of countries',
    ],
    [
      'a queue that is no class',
      { sms: { queue: {} } },
      '`sms.queue` must be a class that extends SmsQueue, e.g. sms: {',
    ],
    ['a queue of another kind', { sms: { queue: TestUsers } }, '`sms.queue` must be a class that extends SmsQueue'],
    [
      'a second sender of another kind',
      { sms: { fallback: TestUsers } },
      '`sms.fallback` must be a function or a class',
    ],
    ['a second sender that is an object', { sms: { fallback: {} } }, '`sms.fallback` must be a function or a class'],
    [
      'a share of more than all',
      { messages: { minimumVerifiedShare: 25 } },
      '`messages.minimumVerifiedShare` is invalid: minimumVerifiedShare must not be greater than 1, e.g. ',
    ],
  ])('%s', async (_, options, sentence) => {
    const starting = start(options);
    await expect(starting).rejects.toThrow(Misconfiguration);
    await expect(starting).rejects.toThrow(`MfaModule: `);
    await expect(starting).rejects.toThrow(sentence);
  });

  it('entities that TypeORM was not told of', async () => {
    await expect(start({}, false)).rejects.toThrow('TypeOrmModule.forRoot({ …, autoLoadEntities: true })');
  });

  it('[F-19] an entity with a column that no insert of the module fills', async () => {
    await expect(start({ entity: WithoutDefault })).rejects.toThrow(
      '`entity`: WithoutDefault.revision needs a default, because the module makes the row, e.g. {',
    );
  });

  it('[F-19] a data source that there is not', async () => {
    await expect(start({ dataSource: 'people' })).rejects.toThrow("TypeORM has no data source 'people', e.g. ");
    const structure = { imports: [TestUsersModule], users: TestUsers, keys: [TEST_KEY] };
    @Module({ imports: [MfaModule.forRoot(structure)] })
    class Alone {}
    const starting = Test.createTestingModule({ imports: [Alone] }).compile();
    await expect(starting).rejects.toThrow('TypeORM has no data source, e.g. TypeOrmModule.forRoot({ … }).');
  });

  it('a misspelt value in the answer of a factory, which TypeScript does not see', async () => {
    const useFactory = (): MfaValues => {
      const values = { keys: [TEST_KEY], stepup: { maxAgeSeconds: 60 } };
      return values;
    };
    const mfa = () => MfaModule.forRootAsync({ imports: [TestUsersModule], users: TestUsers, useFactory });
    await expect(startWith(mfa)).rejects.toThrow('Unknown option `stepup`');
  });
});
