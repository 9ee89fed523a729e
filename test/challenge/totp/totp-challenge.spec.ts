import { URI as OtpauthUri, TOTP } from 'otpauth';
import { afterEach, describe, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../../src/index.js';
import { codeAt, importKey, WITH_APPS as MFA } from '../../support/authenticator.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolledByRow, rightCode } from '../../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { prompted } from '../../support/prompted.js';

interface Shown {
  secret: string;
  otpauth_uri: string;
  qr_svg: string;
}

let booted: BootedApp;
afterEach(() => booted.close());

/** The code that an app shows, by an implementation that is not ours. */
const codeOf = ({ otpauth_uri }: Shown, steps = 0): string =>
  (OtpauthUri.parse(otpauth_uri) as TOTP).generate({ timestamp: booted.clock.now().getTime() + steps * 30_000 });

async function requestKey(token: string): Promise<Shown> {
  const { status, body } = await booted.client.put('/mfa/totp/request/', { token });
  expect([status, body['enabled'], body['challenge_type']]).toEqual([200, false, '']);
  return body['show'] as Shown;
}

const verifyKey = (token: string, mfa_code: string) =>
  booted.client.put('/mfa/totp/verify/', { token, json: { mfa_code } });

/** Turns MFA on with an authenticator app, and waits until its next code. */
async function enrolApp(username: string): Promise<Shown> {
  const token = await booted.client.token(username);
  const shown = await requestKey(token);
  const { status, body } = await verifyKey(token, codeOf(shown));
  expect([status, body['enabled'], body['challenge_type']]).toEqual([200, true, 'totp']);
  booted.clock.advance(60);
  return shown;
}

describe.each(PLATFORMS)('an authenticator app over %s', (platform) => {
  it.each(LOGIN_NAMES)('turns MFA on and signs in at %s, and nothing is sent', async (name) => {
    booted = await bootApp({ platform, mfa: MFA });
    const login = await loginRoute(booted, name);
    const shown = await enrolApp('alice');
    expect((await login.send('alice')).body).toEqual(prompted('totp'));
    expect(login.token(await login.send('alice', { mfa_code: codeOf(shown) }))).toBeTypeOf('string');
    expect(booted.outbox.messages).toEqual([]);
  });

  it('takes the key from a QR code, a link or by hand, and all three are the same', async () => {
    booted = await bootApp({ platform, mfa: MFA });
    const shown = await requestKey(await booted.client.token('alice'));
    const read = OtpauthUri.parse(shown.otpauth_uri) as TOTP;
    expect([read.issuer, read.algorithm, read.digits, read.period]).toEqual(['Example Bank', 'SHA1', 6, 30]);
    expect([read.secret.base32, read.secret.bytes.length]).toEqual([shown.secret, 20]);
    expect(shown.qr_svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  });

  it.each(LOGIN_NAMES)(
    '[B-02] [T3] signs in at %s with a code once, also with the one of its enrolment',
    async (name) => {
      booted = await bootApp({ platform, mfa: MFA });
      const login = await loginRoute(booted, name);
      const token = await booted.client.token('alice');
      const shown = await requestKey(token);
      const first = codeOf(shown);
      expect((await verifyKey(token, first)).status).toBe(200);
      expect((await denied(booted, () => login.send('alice', { mfa_code: first }))).status).toBe(400);
      booted.clock.advance(60);
      const next = codeOf(shown);
      expect((await login.send('alice', { mfa_code: next })).status).toBe(200);
      expect((await denied(booted, () => login.send('alice', { mfa_code: next }))).status).toBe(400);
      booted.clock.advance(29);
      expect((await denied(booted, () => login.send('alice', { mfa_code: next }))).status).toBe(400);
      const { status } = await booted.client.post('/mfa/step-up/', { token, json: { mfa_code: next } });
      expect(status).toBeGreaterThanOrEqual(400);
    },
  );

  it('[S-12] gives nothing while its key waits for a code', async () => {
    booted = await bootApp({ platform, mfa: MFA });
    const shown = await requestKey(await booted.client.token('alice'));
    const { status, body } = await booted.client.login('alice', { mfa_code: codeOf(shown) });
    expect([status, Object.keys(body)]).toEqual([200, ['token']]);
    const token = String(body['token']);
    expect((await booted.client.get('/mfa/', { token })).body['enabled']).toBe(false);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(401);
  });

  it('[E-13] shows its key once: another request makes another one, and with MFA on there is none', async () => {
    booted = await bootApp({ platform, mfa: MFA });
    const token = await booted.client.token('alice');
    const first = await requestKey(token);
    const second = await requestKey(token);
    expect(second.secret).not.toBe(first.secret);
    expect((await denied(booted, () => verifyKey(token, codeOf(first)))).status).toBe(400);
    expect((await verifyKey(token, codeOf(second))).status).toBe(200);
    const answers = [
      await booted.client.get('/mfa/', { token }),
      await denied(booted, () => booted.client.put('/mfa/totp/request/', { token })),
    ];
    for (const { text } of answers) expect(text).not.toContain(second.secret);
    expect(answers[1]!.status).toBe(400);
  });
});

describe('the key of an authenticator app', () => {
  it('is never taken from the client', async () => {
    booted = await bootApp({ mfa: MFA });
    const token = await booted.client.token('alice');
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const { body } = await booted.client.put('/mfa/totp/request/', { token, json: { secret } });
    const shown = body['show'] as Shown;
    expect(shown.secret).not.toBe(secret);
    const otpauth_uri = shown.otpauth_uri.replace(shown.secret, secret);
    const mfa_code = codeOf({ ...shown, otpauth_uri });
    const forged = { secret, otpauth_uri, mfa_code };
    expect((await denied(booted, () => booted.client.put('/mfa/totp/verify/', { token, json: forged }))).status).toBe(
      400,
    );
  });

  it.each([
    ['Other Bank:alice', 'Other Bank_alice'],
    ['half \ud83d a smile', 'half _ a smile'],
    ['two\nlines', 'two_lines'],
    ['\u{1f600}'.repeat(5000), '\u{1f600}'.repeat(100)],
  ])('has an account name that apps can show, and that names no other issuer: %#', async (name, label) => {
    booted = await bootApp({ mfa: MFA });
    booted.users.named('alice').name = name;
    const { otpauth_uri } = await requestKey(await booted.client.token('alice'));
    const read = OtpauthUri.parse(otpauth_uri) as TOTP;
    expect([read.issuer, read.label]).toEqual(['Example Bank', label]);
  });

  it('makes six digits, and a login says so, where other codes have eight', async () => {
    booted = await bootApp({ mfa: { ...MFA, codes: { digits: 8 } } });
    const shown = await enrolApp('alice');
    expect((await booted.client.login('alice')).body['challenge']).toMatchObject({ type: 'totp', digits: 6 });
    expect((await booted.client.login('alice', { mfa_code: codeOf(shown) })).body).toHaveProperty('token');
  });
});

describe('a login with an authenticator app', () => {
  it('takes no statement more than one with a code by SMS', async () => {
    booted = await bootApp({ mfa: MFA });
    await importKey(booted, 'alice');
    await enrolledByRow(booted, 'bob');
    const statements = async (username: string, mfa_code: string) => {
      const before = booted.statements.length;
      expect((await booted.client.login(username, { mfa_code })).status).toBe(200);
      return booted.statements.slice(before).map(({ sql }) => sql);
    };
    // The first one warms what is cached.
    await statements('bob', await rightCode(booted, 'bob'));
    const bySms = await statements('bob', await rightCode(booted, 'bob'));
    await statements('alice', codeAt(booted));
    booted.clock.advance(30);
    expect(await statements('alice', codeAt(booted))).toEqual(bySms);
  });

  it('[B-21] is refused, and no error, while the last code is of a later time', async () => {
    booted = await bootApp({ mfa: MFA });
    await importKey(booted, 'alice');
    expect((await booted.client.login('alice', { mfa_code: codeAt(booted, 1) })).status).toBe(200);
    // Another instance's clock was a minute ahead of ours, and so is the last step.
    booted.clock.advance(-60);
    for (const steps of [-1, 0, 1, 2, 3]) {
      const { status } = await denied(booted, () => booted.client.login('alice', { mfa_code: codeAt(booted, steps) }));
      expect(status).toBe(400);
      await booted.app.get(MultiFactorAuthService).unlock('1');
    }
    booted.clock.advance(120);
    expect((await booted.client.login('alice', { mfa_code: codeAt(booted) })).status).toBe(200);
  });
});
