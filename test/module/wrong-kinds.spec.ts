import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/core/options.js';
import { MfaModule, MultiFactorAuth, SmsChallenge } from '../../src/index.js';
import { OPTIONS } from '../../src/mfa.options.js';
import { byFactory, byOptions, ODD, SENTENCE, start } from '../support/refused-start.js';

describe('what is no configuration at all is refused in our words [F-16]', () => {
  it('the module without options', async () => {
    expect(await start(() => MfaModule)).toBe(
      'MfaModule: it is imported without options, e.g. imports: [MfaModule.forRoot({ users: UsersService, keys: [process.env.MFA_KEY] })].',
    );
  });

  it.each([['undefined', undefined], ...ODD.filter(([name]) => !/object|instance/.test(name))])(
    '%s',
    async (_, odd) => {
      const given = odd as never;
      for (const [method, said] of [
        ['forRoot', await start(() => MfaModule.forRoot(given))],
        ['forRootAsync', await start(() => MfaModule.forRootAsync(given))],
        ['useFactory', await byFactory(odd)],
      ] as const) {
        // What a factory promises is waited for.
        if (method === 'useFactory' && odd instanceof Promise) continue;
        expect(said).toMatch(SENTENCE);
        expect(said).toContain(
          `\`${method}\` ${method === 'useFactory' ? 'must return an object' : 'needs an object of options'}`,
        );
      }
    },
  );

  it('an object without anything in it', async () => {
    expect(await start(() => MfaModule.forRoot({} as never))).toMatch(/^MfaModule: `users` is missing, e\.g\. /);
    expect(await start(() => MfaModule.forRootAsync({} as never))).toMatch(
      /^MfaModule: `useFactory` must be a function, e\.g\. /,
    );
    expect(await byFactory({})).toMatch(/^MfaModule: `keys` is missing, e\.g\. /);
  });
});

describe('a value of another kind is refused in one sentence that shows the right one [F-16]', () => {
  it.each<[option: string, right: readonly string[]]>([
    ['users', []],
    ['entity', []],
    ['events', []],
    ['keyProvider', []],
    ['signedIn', []],
    ['token', ['a function', 'a class']],
    ['challenges', []],
    ['imports', ['a list']],
    ['logins', ['a list']],
    ['path', ['a text']],
    ['routeDecorators', ['an object', 'an instance']],
    ['audit', ['true']],
    ['isGlobal', ['true']],
    ['dataSource', ['a text']],
    ['keys', []],
    ['managementScope', ['a text']],
    ['errorFormat', []],
    ['words', ['an object', 'an instance']],
    ['sms', ['an object', 'an instance']],
    ['email', ['an object', 'an instance']],
    ...Object.keys(OPTIONS).map((slice): [string, readonly string[]] => [slice, ['an object', 'an instance']]),
  ])('%s', async (option, right) => {
    for (const [name, value] of ODD.filter(([kind]) => !right.includes(kind))) {
      const said = await byOptions({ [option]: value });
      expect(`${name}: ${said}`).toMatch(/: MfaModule: `/);
      expect(said).toMatch(SENTENCE);
      expect(said).toContain(`\`${option}`);
    }
  });

  it('names the word that is no login', async () => {
    for (const [login, word] of [
      ['jwt', "'jwt'"],
      ['OAuth2', "'OAuth2'"],
      [undefined, 'undefined'],
      [null, 'null'],
      [['oauth2'], '["oauth2"]'],
    ]) {
      expect(await byOptions({ logins: ['authtoken', login] })).toBe(
        `MfaModule: \`logins\` contains an unknown login, ${String(word)}, e.g. logins: ['authtoken', 'oauth2'].`,
      );
    }
  });

  it('users and entities that are made already', async () => {
    expect(await byOptions({ users: {} })).toBe(
      'MfaModule: `users` must be a class that extends UserDirectory, e.g. users: MyUserDirectory.',
    );
    expect(await byOptions({ entity: new MultiFactorAuth() })).toMatch(/`entity` does not extend/);
  });

  it.each(['sender', 'fallback', 'queue', 'allowedCountries', 'twilio'])('sms.%s', async (name) => {
    const odd = ODD.filter(([kind]) => !(name === 'twilio' && /object|instance/.test(kind)));
    for (const [, value] of odd) {
      const said = await byOptions({ sms: { [name]: value } });
      expect(said).toMatch(SENTENCE);
      expect(said).toContain(`\`sms.${name}`);
    }
  });

  it.each(['accountSid', 'authToken', 'apiKeySid', 'apiKeySecret', 'from', 'messagingServiceSid'])(
    'sms.twilio.%s',
    async (name) => {
      const twilio = { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006' };
      for (const [, value] of ODD.filter(([, one]) => typeof one !== 'string')) {
        const said = await byOptions({ sms: { twilio: { ...twilio, [name]: value } } });
        expect(said).toMatch(SENTENCE);
        expect(said).toContain(`\`sms.twilio.${name}\` must be a text`);
      }
    },
  );

  it.each([
    ['sender', []],
    // A variable that is empty is not set.
    ['smtp', ['an empty text']],
    ['from', []],
    ['cannotResetPassword', ['true']],
  ])('email.%s', async (name, right) => {
    for (const [, value] of ODD.filter(([kind]) => !right.includes(kind))) {
      const said = await byOptions({ email: { [name]: value } });
      expect(said).toMatch(SENTENCE);
      expect(said).toContain(`\`email.${name}`);
    }
  });

  it.each(['host', 'port', 'secure', 'user', 'password', 'requireTls'])('email.smtp.%s', async (name) => {
    const isFlag = ['secure', 'requireTls'].includes(name);
    for (const [kind, value] of ODD) {
      if (isFlag ? kind === 'true' : name === 'port' ? kind === 'a number' : kind === 'a text') continue;
      const said = await byOptions({
        email: { smtp: { host: 'smtp.example.com', [name]: value }, from: 'a@b.example' },
      });
      expect(said).toMatch(SENTENCE);
      expect(said).toContain(`\`email.smtp.${name}`);
    }
  });

  it.each(['public', 'signedIn'])('routeDecorators.%s', async (access) => {
    for (const [kind, value] of ODD.filter(([one]) => one !== 'a list')) {
      expect(await byOptions({ routeDecorators: { [access]: value } })).toMatch(SENTENCE);
      if (kind === 'a class') continue;
      expect(await byOptions({ routeDecorators: { [access]: [value] } })).toContain(`\`routeDecorators.${access}[0]\``);
    }
  });

  it('what is in the list of challenges', async () => {
    for (const [, value] of ODD) {
      expect(await byOptions({ challenges: [SmsChallenge, value] })).toMatch(
        /`challenges\[1\]` must be a class that extends Challenge, e\.g\. /,
      );
    }
  });

  const slices = Object.entries(OPTIONS).flatMap(([slice, Slice]) =>
    Object.keys(new Slice()).map((name) => ({ slice, Slice, name })),
  );

  it.each(slices)('$slice.$name', ({ slice, Slice, name }) => {
    // Any text is a name, and a list may be empty.
    const isName = (value: unknown) => ['issuer', 'rpId', 'rpName'].includes(name) && typeof value === 'string';
    const isEmpty = (value: unknown) => /origins$/i.test(name) && Array.isArray(value) && value.length === 0;
    const inRange = (value: unknown) => value === 1 || value === undefined || isName(value) || isEmpty(value);
    for (const [, value] of ODD.filter(([, one]) => !inRange(one))) {
      expect(() => optionsOf<object>(Slice, slice, { [name]: value })).toThrow(SENTENCE);
      expect(() => optionsOf<object>(Slice, slice, { [name]: value })).toThrow(`\`${slice}.${name}\` is invalid: `);
    }
  });
});
