import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { backupSet, enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

const NO_CODES = [
  42,
  1.5,
  true,
  [],
  ['123456'],
  {},
  { $eq: '' },
  'x'.repeat(2000),
  '1\u0000',
  '+123456',
  '12 34',
  '1--23456',
];

/** A right code, as people and password managers paste it. */
const PASTED: Record<string, (code: string) => string> = {
  'a space between': (code) => `${code.slice(0, 3)} ${code.slice(3)}`,
  'a dash between': (code) => `${code.slice(0, 3)}-${code.slice(3)}`,
  'a dash with spaces': (code) => `${code.slice(0, 3)} - ${code.slice(3)}`,
  'a line end': (code) => `${code}\r\n`,
  'a tab before': (code) => `\t${code}`,
  'a no-break space': (code) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`,
  'a thin space': (code) => `${code.slice(0, 3)}\u2009${code.slice(3)}`,
};

describe.each(PLATFORMS)('the fields of both logins on %s', (platform) => {
  let booted: BootedApp;
  let logins: LoginRoute[];
  beforeEach(async () => {
    booted = await bootApp({ platform, mfa: { backupCodes: { onUse: 'keep' } } });
    logins = [await loginRoute(booted, 'authtoken'), await loginRoute(booted, 'oauth2')];
  });
  afterEach(() => booted.close());

  it('[D-04] take codes of any kind for nothing while MFA is off', async () => {
    for (const login of logins) {
      for (const code of NO_CODES) {
        for (const field of ['mfa_code', 'backup_code']) {
          const { path, json, form, ...request } = login.request('alice');
          const answer = await booted.client.post(path, {
            ...request,
            json: { ...(json ?? form), [field]: code },
          });
          expect([field, code, answer.status]).toEqual([field, code, 200]);
        }
      }
    }
  });

  it('[D-04] say of what is no code that it is not valid while MFA is on, and count nothing', async () => {
    const { state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    for (const login of logins) {
      for (const code of NO_CODES) {
        for (const [field, sentence] of [
          ['mfa_code', 'Please enter a valid code.'],
          ['backup_code', 'Please enter a valid backup code.'],
        ] as const) {
          const { path, json, form, ...request } = login.request('bob');
          const answer = await booted.client.post(path, {
            ...request,
            json: { ...(json ?? form), [field]: code },
          });
          expect([field, code, answer.status, answer.text.includes(sentence)]).toEqual([field, code, 400, true]);
        }
      }
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, backupFailures: 0 });
  });

  it('[F-10] take a code as it is pasted, once in any spelling', async () => {
    await enrolledByRow(booted, 'bob');
    for (const login of logins) {
      for (const [name, spelt] of Object.entries(PASTED)) {
        booted.clock.advance(60);
        const code = await rightCode(booted, 'bob');
        const answer = await login.send('bob', { mfa_code: spelt(code) });
        expect([name, answer.status, login.token(answer)]).toEqual([name, 200, expect.any(String)]);
        expect((await login.send('bob', { mfa_code: code })).status).toBe(400);
      }
    }
    // A second request with the accepted code is no guess, however it is spelt.
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0 });
  });

  it('[F-10] take a backup code as it is pasted', async () => {
    const { codes, state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    const [code] = codes;
    const pasted = `${code!.slice(0, 4)}\u00a0${code!.slice(4, 8)} - ${code!.slice(8)}\n`;
    expect(logins[0]!.token(await logins[0]!.send('bob', { backup_code: pasted }))).toBeTypeOf('string');
  });

  it('[D-07] judge a password of blanks like any other', async () => {
    const user = booted.users.add('erin');
    user.passwordHash = await booted.users.hashPassword('   ');
    for (const login of logins) {
      expect((await login.send('erin', { password: '   ' })).status).toBe(200);
      const { status, text } = await login.send('erin', { password: '    ' });
      expect([status, text.includes('Unable to log in')]).toEqual([400, true]);
    }
  });

  it('[F-11] have the same limits', async () => {
    const kinds: [Record<string, string>, string][] = [
      [{ username: 'x'.repeat(254) }, 'judged'],
      [{ username: 'x'.repeat(255) }, 'refused'],
      [{ username: '\u{1f600}'.repeat(254) }, 'judged'],
      [{ username: '   ' }, 'refused'],
      [{ password: '\u{1f600}'.repeat(600) }, 'judged'],
      [{ password: '\u{1f600}'.repeat(1025) }, 'refused'],
      [{ password: 'x'.repeat(1025) }, 'refused'],
      [{ password: 'x\u0000' }, 'refused'],
    ];
    for (const [fields, expected] of kinds) {
      const told: string[] = [];
      for (const login of logins) {
        booted.users.verifications = [];
        const { path, json, form, ...request } = login.request('alice');
        const changed = { ...(json ?? form), ...fields } as Record<string, string>;
        const { status } = await booted.client.post(path, {
          ...request,
          ...(json ? { json: changed } : { form: changed }),
        });
        told.push(`${status} ${booted.users.verifications.length > 0 ? 'judged' : 'refused'}`);
      }
      expect([Object.keys(fields), told]).toEqual([Object.keys(fields), [`400 ${expected}`, `400 ${expected}`]]);
    }
  });
});
