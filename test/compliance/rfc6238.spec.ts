import { afterEach, describe, expect, it } from 'vitest';
import { generateMfaCode, verifyMfaCode } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';

/** @see https://www.rfc-editor.org/rfc/rfc6238#appendix-B */
const SECRET = Buffer.from('12345678901234567890');
const SHA1_VECTORS: [number, string][] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];

const at = (seconds: number) => ({ now: new Date(seconds * 1000), digits: 8, stepSeconds: 30 });

describe('RFC 6238 (TOTP), Appendix B: test vectors', () => {
  it.each(SHA1_VECTORS)('[T30] at %i seconds the SHA-1 value is %s', async (seconds, code) => {
    expect(await generateMfaCode(SECRET, at(seconds))).toBe(code);
    expect(await verifyMfaCode(SECRET, code, at(seconds))).toBe(true);
  });
});

describe('RFC 6238 §4.2: the time step', () => {
  it('T is the integer number of time steps since 1970', async () => {
    const codes = await Promise.all([59, 60, 89, 90].map((seconds) => generateMfaCode(SECRET, at(seconds))));
    expect([codes[0] === codes[1], codes[1] === codes[2], codes[2] === codes[3]]).toEqual([false, true, false]);
  });

  it('supports a time beyond the year 2038', async () => {
    expect(await generateMfaCode(SECRET, at(20_000_000_000))).toBe('65353130');
  });
});

describe('RFC 6238 §5.2: validation and time-step size', () => {
  it.each([
    [-61, false],
    [-60, false],
    [-30, true],
    [0, true],
    [30, true],
    [59, true],
    [60, false],
  ])('a code whose window began %i seconds after this one began is right: %s', async (shift, right) => {
    const [now, madeAt] = [at(1_111_111_110), at(1_111_111_110 + shift)];
    expect(await verifyMfaCode(SECRET, await generateMfaCode(SECRET, madeAt), now)).toBe(right);
  });

  it('the verifier must not accept the second attempt of the OTP', async () => {
    const booted = await bootApp();
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    expect((await booted.client.login('bob', { mfa_code })).status).toBe(200);
    expect((await booted.client.login('bob', { mfa_code })).body['code']).toBe('invalid_mfa_code');
    await booted.close();
  });
});

describe('RFC 6238 §5.2 through a login: the window of the code, one before and one after', () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  // The test's clock starts where a window does.
  it.each([
    [0, 200],
    [29, 200],
    [30, 200],
    [59, 200],
    [60, 400],
  ])('a code that is %i seconds old is answered with %i', async (age, status) => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    booted.clock.advance(age);
    expect((await booted.client.login('bob', { mfa_code })).status).toBe(status);
  });
});
