import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  Challenge,
  MfaChallenge,
  MfaModule,
  type MfaModuleOptions,
  Misconfiguration,
  SmsChallenge,
} from '../../src/index.js';
import { TEST_KEY } from '../support/boot-app.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';

/** One sentence, which names the option and shows a right value. */
const SENTENCE = /^MfaModule: `[^\n]*, e\.g\. [^\n]*\.$/;

class Body {}

function challenge(type: string, name = 'OwnChallenge') {
  class Own extends Challenge {
    enrol = () => ({ state: {}, hint: '' });
    read = () => undefined;
    verify = () => ({ kind: 'wrong' }) as const;
  }
  MfaChallenge({ type, request: Body })(Own);
  Object.defineProperty(Own, 'name', { value: name });
  return Own;
}

class Bare extends Challenge {
  enrol = () => ({ state: {}, hint: '' });
  read = () => undefined;
  verify = () => ({ kind: 'wrong' }) as const;
}

/** What an application with these options says when it starts, whatever the types think of them. */
async function refusal(options: object): Promise<string> {
  const given = { imports: [TestUsersModule], users: TestUsers, keys: [TEST_KEY], ...options } as MfaModuleOptions;
  try {
    @Module({
      imports: [
        TypeOrmModule.forRoot({ type: 'better-sqlite3', database: ':memory:', autoLoadEntities: true }),
        MfaModule.forRoot(given),
      ],
    })
    class AppModule {}
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .setLogger({ log: () => undefined, error: () => undefined, warn: () => undefined })
      .compile();
    await testing.close();
    return 'it started';
  } catch (error) {
    return error instanceof Misconfiguration ? error.message : `not a Misconfiguration: ${String(error)}`;
  }
}

describe('a wrong configuration is refused at start in one sentence', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each<[string, object, RegExp]>([
    ['keys that are no list', { keys: TEST_KEY }, /`keys` must be a list/],
    ['an empty key', { keys: [''] }, /`keys\[0\]` is missing/],
    [
      'a key of 31 bytes',
      { keys: [Buffer.alloc(31, 'a1b2c3d4e5f6').toString('base64')] },
      /`keys\[0\]` is not a random/,
    ],
    ['a key of zeros', { keys: ['0'.repeat(64)] }, /`keys\[0\]` is not a random/],
    ['a pass phrase', { keys: ['correct horse battery staple, and a bit more of it'] }, /`keys\[0\]` is not a random/],
    ['a challenge without its decorator', { challenges: [Bare] }, /`challenges`: Bare has no @MfaChallenge\(\)/],
    [
      'a type twice',
      { challenges: [challenge('pager'), challenge('pager')] },
      /`challenges` has the type 'pager' twice/,
    ],
    ['a type of the module', { challenges: [SmsChallenge, challenge('sms')] }, /has the type 'sms' twice/],
    ...['backup', 'recovery', 'authtoken', 'oauth2', 'logout', 'step-up', 'Pager', 'a/b', '', 'x'.repeat(33)].map(
      (type): [string, object, RegExp] => [
        `the challenge type '${type}'`,
        { challenges: [challenge(type)] },
        new RegExp(`\`challenges\`: OwnChallenge cannot have the type '${type}'`),
      ],
    ),
    ['a sender of another kind', { sms: { sender: class Own {} } }, /`sms\.sender` must be a function or a class/],
    [
      'a sender that is made already',
      { sms: { sender: { send: () => undefined } } },
      /`sms\.sender` must be a function/,
    ],
    ['a slice that is no object', { codes: 6 }, /`codes` must be an object, e\.g\. codes: \{ digits: … \}/],
    ['a slice that is null', { attempts: null }, /`attempts` must be an object/],
    ['two scopes', { managementScope: 'mfa admin' }, /`managementScope` must be one scope of OAuth2/],
    ...['Deux', 'django', '', null, 1, ['deux']].map((errorFormat): [string, object, RegExp] => [
      `the error format ${JSON.stringify(errorFormat)} [D-11]`,
      { errorFormat },
      /`errorFormat` must be 'nest' or 'deux'/,
    ]),
    ['no path', { path: '' }, /`path` must not start or end with a slash/],
    ['a path with a parameter', { path: 'mfa/:id' }, /`path` must not start or end with a slash/],
    ['a path that climbs', { path: '../mfa' }, /`path` must not start or end with a slash/],
    [
      'half of Twilio: no SID',
      { sms: { twilio: { authToken: 't', from: '+1' } } },
      /`sms\.twilio\.accountSid` is missing/,
    ],
    ['half of Twilio: no token', { sms: { twilio: { accountSid: 'AC1' } } }, /`sms\.twilio\.authToken` is missing/],
    [
      'half of Twilio: nothing to send from',
      { sms: { twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 't' } } },
      /`sms\.twilio\.from` or `sms\.twilio\.messagingServiceSid` is missing/,
    ],
  ])('%s', async (_, options, sentence) => {
    const said = await refusal(options);
    expect(said).toMatch(SENTENCE);
    expect(said).toMatch(sentence);
  });

  it.each<[string, string, unknown[]]>([
    ['codes', 'digits', [5, 11, 6.5, '6', null, NaN]],
    ['codes', 'stepSeconds', [14, 201, 30.5, '30']],
    ['backupCodes', 'digits', [11, 33, '12']],
    ['backupCodes', 'count', [0, 21, 1.5]],
    ['backupCodes', 'onUse', ['ignore', true, null]],
    ['messages', 'cooldownSeconds', [[], [29], 60, ['60'], [60, null]]],
    ['messages', 'perHour', [0, -1, 1.5, Infinity]],
    ['messages', 'perDay', [0, '10']],
    ['messages', 'newDestinationsPerDay', [0, null]],
    ['messages', 'timeoutSeconds', [0, 31, '5']],
    ['passwords', 'perNetwork', [2, 10_001, 4.5, '10', null, Infinity]],
    ['passwords', 'perUser', [9, 10_001, '100', NaN]],
    ['passwords', 'namesPerNetwork', [9, 100_001, false]],
    ['passwords', 'knownNetworkDays', [0, 366, '90']],
    ['attempts', 'freeFailures', [2, 11, '5']],
    ['attempts', 'maxFailures', [9, 101, Infinity]],
    ['sessions', 'lifetimeSeconds', [59, 30 * 86_400 + 1, '3600']],
    ['sessions', 'idleSeconds', [59, 30 * 86_400 + 1]],
    ['sessions', 'accessTokenSeconds', [59, 86_401]],
    ['sessions', 'refreshLifetimeSeconds', [59, 30 * 86_400 + 1]],
    ['stepUp', 'maxAgeSeconds', [59, 3601, false]],
    ['stepUp', 'managementMaxAgeSeconds', [59, 3601, true, null, '900']],
    ['stepUp', 'enrolmentMaxAgeSeconds', [59, 3601, true, null, '900']],
  ])('`%s.%s` that is out of range', async (slice, option, values) => {
    for (const value of values) {
      const said = await refusal({ [slice]: { [option]: value } });
      expect(said).toMatch(SENTENCE);
      expect(said).toContain(`\`${slice}.${option}\` is invalid: `);
      expect(said).toContain(`e.g. ${slice}: { ${option}: `);
    }
  });

  it.each(['codes', 'backupCodes', 'messages', 'passwords', 'attempts', 'sessions', 'stepUp', 'sms', 'words'])(
    'an unknown name in `%s`',
    async (slice) => {
      for (const name of ['digit', 'toString', 'constructor']) {
        const said = await refusal({ [slice]: { [name]: 1 } });
        expect(said).toMatch(
          new RegExp(`^MfaModule: Unknown option \`${slice}\\.${name}\`\\. Known options: \\w+.*\\.$`),
        );
      }
    },
  );

  it('an unknown name of Twilio', async () => {
    expect(await refusal({ sms: { twilio: { sid: 'AC1' } } })).toMatch(
      /^MfaModule: Unknown option `sms\.twilio\.sid`\. Known options: /,
    );
  });

  it('every option at the ends of its range starts', async () => {
    const least = {
      codes: { digits: 6, stepSeconds: 15 },
      messages: { cooldownSeconds: [30], perHour: 1, timeoutSeconds: 1 },
      passwords: { perNetwork: 3, perUser: 10, namesPerNetwork: 10, knownNetworkDays: 1 },
      attempts: { freeFailures: 3, maxFailures: 10 },
      sessions: { lifetimeSeconds: 60, idleSeconds: 60, accessTokenSeconds: 60, refreshLifetimeSeconds: 60 },
      stepUp: { maxAgeSeconds: 60, managementMaxAgeSeconds: false },
    };
    expect(await refusal(least)).toBe('it started');
    expect(await refusal({ codes: undefined, sms: undefined, words: {}, stepUp: {}, logins: undefined })).toBe(
      'it started',
    );
  });
});
