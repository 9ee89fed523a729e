import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';

let booted: BootedApp;
afterEach(() => booted.close());

/** What is read as the right code by parsers of numbers, by databases and by people, and is none. */
function spellings(code: string): Record<string, unknown> {
  const digits = (zero: number) => code.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  return {
    'Arabic-Indic digits': digits(0x0660),
    'extended Arabic-Indic digits': digits(0x06f0),
    'full-width digits': digits(0xff10),
    'mathematical digits': digits(0x1d7ce),
    'a NUL after': `${code}\0`,
    'a zero-width space': `${code}\u200b`,
    'two dashes': `${code.slice(0, 3)}--${code.slice(3)}`,
    'a dash before': `-${code}`,
    'a plus sign': `+${code}`,
    'more zeros': `0000${code}`,
    'an underscore': `${code.slice(0, 3)}_${code.slice(3)}`,
    'a fraction': `${code}.0`,
    'a power of ten': `${code[0]}.${code.slice(1)}e5`,
    'a hexadecimal number': `0x${Number(code).toString(16)}`,
    'one digit less': code.slice(0, -1),
    'the code twice': code + code,
    'a list of codes': `${code},${code}`,
    'a number': Number(code),
    'a list': [code],
    'an operator': { $eq: code },
    'a wrapped text': { toString: code },
    true: true,
  };
}

describe.each(PLATFORMS)('spellings of a right code on %s', (platform) => {
  beforeEach(async () => {
    booted = await bootApp({ platform });
    await enrolled(booted, 'bob');
  });

  it('[B-14] [T25] are refused at the token login, cost no guess, and leave the code as it was', async () => {
    const mfa_code = await codeByLogin(booted, 'bob');
    for (const [name, spelling] of Object.entries(spellings(mfa_code))) {
      const { status } = await denied(booted, () => booted.client.login('bob', { mfa_code: spelling }));
      expect([name, status]).toEqual([name, 400]);
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0 });
    expect(await booted.client.token('bob', { mfa_code })).toBeTypeOf('string');
  });

  it('[B-14] [T25] are refused at the OAuth2 login, in a form and in JSON', async () => {
    const login = await loginRoute(booted, 'oauth2');
    const mfa_code = await codeByLogin(booted, 'bob');
    const { path, headers, form } = login.request('bob');
    for (const [name, spelling] of Object.entries(spellings(mfa_code))) {
      const byJson = () => booted.client.post(path, { headers, json: { ...form, mfa_code: spelling } });
      const byForm = () => login.send('bob', { mfa_code: String(spelling) });
      for (const send of [byJson, ...(typeof spelling === 'string' ? [byForm] : [])]) {
        expect([name, (await denied(booted, send)).status]).toEqual([name, 400]);
      }
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0 });
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
  });

  it('[B-14] [T25] are refused at step-up and at the confirmation of a phone', async () => {
    const { client, outbox } = booted;
    const token = await client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    await client.post('/mfa/step-up/', { token });
    const forStepUp = outbox.lastCode();
    const alice = await client.token('alice');
    await client.put('/mfa/sms/request/', { token: alice, json: { phone_number: '14085550199' } });
    const forPhone = outbox.lastCode();
    for (const [name, mfa_code] of Object.entries(spellings(forStepUp))) {
      const { status } = await denied(booted, () => client.post('/mfa/step-up/', { token, json: { mfa_code } }));
      expect([name, status]).toEqual([name, 400]);
    }
    for (const [name, mfa_code] of Object.entries(spellings(forPhone))) {
      const sent = { token: alice, json: { mfa_code } };
      const { status } = await denied(booted, () => client.put('/mfa/sms/verify/', sent));
      expect([name, status]).toEqual([name, 400]);
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0 });
    expect(await rowOf(booted, 'alice')).toMatchObject({ codeFailures: 0, enabled: false });
    expect((await client.post('/mfa/step-up/', { token, json: { mfa_code: forStepUp } })).status).toBe(200);
    expect((await client.put('/mfa/sms/verify/', { token: alice, json: { mfa_code: forPhone } })).status).toBe(200);
  });
});

describe.each(LOGIN_NAMES)('codes and their time over %s', (name) => {
  let login: LoginRoute;
  beforeEach(async () => {
    booted = await bootApp();
    login = await loginRoute(booted, name);
    await enrolled(booted, 'bob');
  });

  it('[B-01] [B-02] [T3] takes a code once, now and until its time is over', async () => {
    const mfa_code = await codeByLogin(booted, 'bob');
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
    await denied(booted, () => login.send('bob', { mfa_code }));
    booted.clock.advance(29);
    await denied(booted, () => login.send('bob', { mfa_code }));
    booted.clock.advance(30);
    await denied(booted, () => login.send('bob', { mfa_code }));
  });

  it('[B-02] [B-37] counts a code that was taken as a guess, once its time is over', async () => {
    const mfa_code = await rightCode(booted, 'bob');
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
    // The code of this window, which is over at some time between 60 and 90 seconds from now.
    for (const seconds of [0, 11, 48]) {
      booted.clock.advance(seconds);
      await denied(booted, () => login.send('bob', { mfa_code }));
      expect(await rowOf(booted, 'bob')).toMatchObject({ knownCodeFailures: 0 });
    }
    booted.clock.advance(31);
    await denied(booted, () => login.send('bob', { mfa_code }));
    expect(await rowOf(booted, 'bob')).toMatchObject({ knownCodeFailures: 1 });
  });

  it('[B-02] [T5] takes no code of the window before, once a later one was taken', async () => {
    const earlier = await rightCode(booted, 'bob', { drift: -1 });
    expect(login.token(await login.send('bob', { mfa_code: await rightCode(booted, 'bob') }))).toBeTypeOf('string');
    await denied(booted, () => login.send('bob', { mfa_code: earlier }));
  });

  it('[B-23] keeps the zeros at the front of a code', async () => {
    let mfa_code = await rightCode(booted, 'bob');
    while (!mfa_code.startsWith('0')) {
      booted.clock.advance(30);
      mfa_code = await rightCode(booted, 'bob');
    }
    expect(await codeByLogin(booted, 'bob')).toBe(mfa_code);
    await denied(booted, () => login.send('bob', { mfa_code: String(Number(mfa_code)) }));
    await denied(booted, () => booted.client.login('bob', { mfa_code: Number(mfa_code) }));
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
  });

  it('[B-22] asks no client for the time', async () => {
    const mfa_code = await codeByLogin(booted, 'bob');
    const then = booted.clock.now();
    booted.clock.advance(61);
    const seconds = String(then.getTime() / 1000);
    const fields = {
      timestamp: seconds,
      time: seconds,
      now: then.toISOString(),
      drift: '-2',
      window: '10',
      epoch: seconds,
    };
    const headers = { date: then.toUTCString(), 'x-time': seconds, 'x-timestamp': seconds };
    const { path, headers: own, json, form } = login.request('bob', { mfa_code, ...fields });
    const sent = { headers: { ...own, ...headers }, ...(json ? { json } : { form: form! }) };
    expect((await denied(booted, () => booted.client.post(path, sent))).status).toBe(400);
  });

  it.each([
    [-2, 400],
    [-1, 200],
    [0, 200],
    [1, 200],
    [2, 400],
  ])(
    '[B-25] [T30] takes codes of one window before and after, and none further away: %i windows, %i',
    async (drift, status) => {
      booted.users.add('erin');
      await enrolledByRow(booted, 'erin');
      const mfa_code = await rightCode(booted, 'erin', { drift });
      expect((await login.send('erin', { mfa_code })).status).toBe(status);
    },
  );
});
