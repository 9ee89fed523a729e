import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { enrolledByRow } from '../../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { openSession, requestPhone, verifyPhone } from '../../support/own-mfa.js';

const PHONE = '14155552671';

let booted: BootedApp | undefined;
afterEach(async () => {
  await booted?.close();
  booted = undefined;
});

describe('the text of a message', () => {
  it.each([
    ['no code', 'Your code.'],
    ['another case', 'Your code: {Code}'],
    ['a format', 'Your code: %s'],
    ['blanks in the braces', 'Your code: { code }'],
    ['two braces and a blank', 'Your code: {{ code }}'],
    ['nothing', ''],
    ['blanks', '   '],
  ])('[F-07] refuses the start with %s', async (_, text) => {
    const start = bootApp({ mfa: { words: { mfa_code_text_message: text } } });
    await expect(start).rejects.toThrow('MfaModule: `words.mfa_code_text_message` has no {code}, e.g. words: {');
  });

  it.each<[string, unknown]>([
    ['a promise', Promise.resolve('{code}')],
    ['an async function', async () => Promise.resolve('{code}')],
    ['a generator', function* () {}],
    ['a number', 6],
    ['null', null],
    ['a list', ['{code}']],
  ])('[F-07] refuses the start as %s, and so does every other sentence', async (_, given) => {
    for (const word of ['mfa_code_text_message', 'locked'] as const) {
      const start = bootApp({ mfa: { words: { [word]: given } } });
      await expect(start).rejects.toThrow(
        `MfaModule: \`words.${word}\` must be a text, or a function that returns one`,
      );
    }
  });
});

describe.each(PLATFORMS)('a function for the text of a message on %s', (platform) => {
  it.each<[string, () => unknown]>([
    ['answers a promise', () => Promise.resolve('Your code: {code}')],
    ['answers a promise that fails', () => Promise.reject(new Error('no translation'))],
    [
      'throws',
      () => {
        throw new Error('no translation');
      },
    ],
    ['answers nothing', () => undefined],
    ['answers a text without the code', () => 'Your code: {Code}'],
  ])('[F-07] that %s is a clean error, and nothing is paid for', async (_, own) => {
    booted = await bootApp({ platform, mfa: { words: { mfa_code_text_message: own as () => string } } });
    await enrolledByRow(booted, 'bob');
    for (const name of LOGIN_NAMES) {
      const refused = await (await loginRoute(booted, name)).send('bob');
      expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('SMS failed to send.')]);
    }
    const asked = await requestPhone(booted, await openSession(booted, 'alice'), PHONE);
    expect([asked.status, asked.body['code']]).toEqual([400, 'sms_send_failed']);
    expect(booted.outbox.count).toBe(0);
    expect(booted.log.some((line) => line.includes('`words.mfa_code_text_message`'))).toBe(true);
  });

  it('[F-07] is sent where it has the code', async () => {
    booted = await bootApp({
      platform,
      mfa: { words: { mfa_code_text_message: () => '{code} is your code, {code}.' } },
    });
    const token = await openSession(booted, 'alice');
    await requestPhone(booted, token, PHONE);
    const { code, text } = booted.outbox.messages[0]!;
    expect(text).toBe(`${code} is your code, ${code}.`);
    expect((await verifyPhone(booted, token, code)).status).toBe(200);
  });

  it('[F-07] for another sentence that answers none leaves the refusal as it is, in the default words', async () => {
    const words = { invalid_credentials: (() => Promise.reject(new Error('no'))) as unknown as () => string };
    booted = await bootApp({ platform, mfa: { words } });
    const { status, body } = await booted.client.login('bob', { password: 'wrong' });
    expect([status, body['message']]).toEqual([400, 'Unable to log in with provided credentials.']);
  });
});
