import { Secret, TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MfaError, MultiFactorAuthService } from '../../../src/index.js';
import { readImport } from '../../../src/challenge/totp/totp-import.js';
import { codeAt, importKey, KEY, WITH_APPS } from '../../support/authenticator.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { rowOf } from '../../support/factor-rows.js';
import { type LoginRoute, loginRoute } from '../../support/logins.js';
import { codeOfOath, HAS_OATH_TOOLKIT } from '../../support/oath-toolkit.js';
import { prompted } from '../../support/prompted.js';

const KEYS = (['sha1', 'sha256', 'sha512'] as const).flatMap((algorithm) =>
  ([6, 8] as const).flatMap((digits) =>
    ([30, 60] as const).map((period) => ({ secret: KEY.secret, algorithm, digits, period })),
  ),
);

const NOT_RANDOM = '`secret` is no random key: anybody could guess its codes. Have its user add the app again.';

let booted: BootedApp;

describe.each([
  ['express', 'authtoken'],
  ['fastify', 'oauth2'],
] as const)('an imported key over %s and %s', (platform, name) => {
  let login: LoginRoute;
  beforeAll(async () => {
    booted = await bootApp({ platform, mfa: WITH_APPS });
    login = await loginRoute(booted, name);
  });
  afterAll(() => booted.close());

  it.skipIf(!HAS_OATH_TOOLKIT).each(KEYS)(
    '[B-25] signs in with the codes of OATH Toolkit in its window only: $algorithm, $digits digits, $period s',
    async (key) => {
      const code = (steps: number) =>
        codeOfOath(key, new Date(booted.clock.now().getTime() + steps * key.period * 1000));
      for (const [right, wrong] of [
        [-1, -2],
        [0, 2],
        [1, -2],
      ] as const) {
        const { username } = booted.users.add(`${key.algorithm}-${key.digits}-${key.period}-${right}`);
        await importKey(booted, username, key);
        const challenge: object = expect.objectContaining({ type: 'totp', digits: key.digits });
        expect((await login.send(username)).body).toEqual({ ...prompted('totp'), challenge });
        const refused = await denied(booted, () => login.send(username, { mfa_code: code(wrong) }));
        expect(refused.status).toBe(400);
        const accepted = await login.send(username, { mfa_code: code(right) });
        expect(login.token(accepted)).toBeTypeOf('string');
      }
    },
  );
});

describe('an import of a key', () => {
  const service = () => booted.app.get(MultiFactorAuthService);
  beforeEach(async () => {
    booted = await bootApp({ mfa: WITH_APPS });
  });
  afterEach(() => booted.close());

  it('turns MFA on, ends the sessions of before, and shows no key', async () => {
    const token = await booted.client.token('alice');
    await service().importFactor('1', 'totp', { ...KEY, name: 'Pixel 9' });
    expect((await booted.client.get('/mfa/', { token })).status).toBe(401);
    expect(await service().status('1')).toEqual({ enabled: true, challenge_type: 'totp', phone_number: '' });
    const { text, body } = await booted.client.login('alice');
    expect(body['mfa_methods']).toMatchObject([{ type: 'totp', name: 'Pixel 9' }]);
    expect(text).not.toContain(KEY.secret);
    expect(JSON.stringify(await rowOf(booted, 'alice'))).not.toContain(KEY.secret);
  });

  it.each([
    KEY.secret.toLowerCase(),
    KEY.secret.replace(/.{4}/g, '$& '),
    `${KEY.secret}======`,
    'gezd-gnbv GY3TQOJQ==',
  ])('takes the key as people and libraries write it: %s', async (secret) => {
    await importKey(booted, 'alice', { secret });
    const totp = new TOTP({ secret: Secret.fromBase32(secret.replace(/[\s=-]/g, '')) });
    const mfa_code = totp.generate({ timestamp: booted.clock.now().getTime() });
    expect((await booted.client.login('alice', { mfa_code })).body).toHaveProperty('token');
  });

  it('takes the 80 bits of otplib 12, and letters that are no whole number of bytes', async () => {
    for (const [username, secret] of [
      ['alice', 'JBSWY3DPEHPK3PXP'],
      ['bob', 'JBSWY3DPEHPK3PXPB7'],
    ] as const) {
      await importKey(booted, username, { secret });
      const totp = new TOTP({ secret: Secret.fromBase32(secret) });
      const mfa_code = totp.generate({ timestamp: booted.clock.now().getTime() });
      expect((await booted.client.login(username, { mfa_code })).body).toHaveProperty('token');
    }
  });

  it.each([
    ['JBSWY3DPEHPK3PX', '`secret` has 72 bits. It must have 80 to 512.'],
    ['A'.repeat(104), '`secret` has 520 bits. It must have 80 to 512.'],
    ['JBSWY3DPEHPK3PX1', "`secret` must be Base32, e.g. secret: 'JBSWY3DPEHPK3PXP'."],
    ['A'.repeat(32), NOT_RANDOM],
    ['7'.repeat(32), NOT_RANDOM],
    ['MFRGGZDBMJRWIYLCMNSGCYTDMRQWEY3E', NOT_RANDOM],
    ['AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT', NOT_RANDOM],
    ['', "`secret` must be Base32, e.g. secret: 'JBSWY3DPEHPK3PXP'."],
    [undefined, "`secret` must be Base32, e.g. secret: 'JBSWY3DPEHPK3PXP'."],
  ])('refuses the key %s, and does not quote it', async (secret, message) => {
    await expect(importKey(booted, 'alice', { secret: secret! })).rejects.toThrow(new TypeError(message));
    expect(await service().status('1')).toMatchObject({ enabled: false });
  });

  it.each([
    [{ algorithm: 'SHA1' }, '`algorithm` must be one of sha1, sha256, sha512.'],
    [{ digits: 5 }, '`digits` must be one of 6, 7, 8.'],
    [{ period: 45 }, '`period` must be one of 30, 60.'],
    // What otplib calls the period: ignored, it would lock its user out.
    [{ step: 60 }, 'Unknown field `step`. Known fields: secret, algorithm, digits, period.'],
  ])('refuses %j', async (more, message) => {
    await expect(readImport({ ...KEY, ...more })).rejects.toThrow(new TypeError(message));
  });

  it('adds a key to the others of its user, and refuses a sixth, a name of two lines and an unknown type', async () => {
    const codeOf = (call: Promise<void>) => call.catch((error: unknown) => (error as MfaError).code);
    expect(await codeOf(service().importFactor('1', 'totp', { ...KEY, name: 'a\nb' }))).toBe('invalid_request');
    await expect(service().importFactor('1', 'backup', {})).rejects.toThrow("There is no challenge 'backup'");
    const another = (letter: string) => importKey(booted, 'alice', { secret: `GEZDGNBVGY3TQOJQ${letter}AAAAAAA` });
    for (const letter of ['A', 'B', 'C', 'D', 'E']) await another(letter);
    expect((await rowOf(booted, 'alice')).factors).toHaveLength(5);
    expect(await codeOf(another('F'))).toBe('too_many_factors');
  });

  it('refuses a key that its user has: each of its codes would work twice', async () => {
    await importKey(booted, 'alice');
    for (const secret of [KEY.secret, KEY.secret.toLowerCase()]) {
      await expect(importKey(booted, 'alice', { secret })).rejects.toThrow('The user has this device already.');
    }
    expect((await rowOf(booted, 'alice')).factors).toHaveLength(1);
    await importKey(booted, 'bob');
  });

  it('refuses a key that differs by zeros at its end: its codes are the same', async () => {
    await importKey(booted, 'alice', { secret: 'GEZDGNBVGY3TQOJQ' });
    for (const zeros of ['AAAAAAAA', 'AAAAAAAAAAAAAAAA', 'AA']) {
      const secret = `GEZDGNBVGY3TQOJQ${zeros}`;
      expect(codeAt(booted, 0, { ...KEY, secret })).toBe(codeAt(booted, 0, { ...KEY, secret: 'GEZDGNBVGY3TQOJQ' }));
      await expect(importKey(booted, 'alice', { secret })).rejects.toThrow('The user has this device already.');
    }
    await importKey(booted, 'alice', { secret: 'GEZDGNBVGY3TQOJQAAAAAAAB' });
  });

  it('takes the body of the request where a challenge has no import of its own', async () => {
    await service().importFactor('1', 'sms', { phone_number: '14085550101', name: 'Old phone' });
    expect(await service().status('1')).toMatchObject({ challenge_type: 'sms', phone_number: '14085550101' });
    expect((await rowOf(booted, 'alice')).factors[0]!.name).toBe('Old phone');
  });

  it('is the only way to turn MFA on without showing the key', async () => {
    await expect(service().enable('1', 'totp', {})).rejects.toThrow('Use importFactor() for it.');
    expect(await service().status('1')).toMatchObject({ enabled: false });
  });
});
