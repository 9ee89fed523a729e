import { afterEach, describe, expect, it } from 'vitest';
import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import { Inbox, loginWithMfa, type TestDevice, type TestSession, VirtualAuthenticatorApp } from '../../src/testing.js';
import { BadgeChallenge, signed } from '../challenge/badge-challenge.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

const CHALLENGES = [SmsChallenge, TotpChallenge, BadgeChallenge];
const BOB = { username: 'bob', password: 'bob-password' };
const SECRET = 'a secret of some length, one';

let booted: BootedApp;
let inbox: Inbox;
afterEach(() => booted.close());

const login = (devices: TestDevice[] = [], method?: string): Promise<TestSession> =>
  loginWithMfa(booted.app, BOB, { devices, method });

async function vault({ fetch }: TestSession): Promise<number> {
  return (await fetch('/app/vault')).status;
}

async function call(method: string, path: string, { fetch }: TestSession, body?: object) {
  const headers = { 'content-type': 'application/json' };
  const answered = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  expect(answered.status).toBeLessThan(300);
  return (await answered.json()) as { id: string; show: { otpauth_uri: string; nonce: string } };
}

/** Adds a factor, and proves it. */
async function add(type: string, fields: object, prove: (shown: { otpauth_uri: string; nonce: string }) => object) {
  const session = await login([inbox]);
  const { id, show } = await call('POST', '/mfa/factors/', session, { type, ...fields });
  await call('POST', `/mfa/factors/${id}/verify/`, session, prove(show));
  booted.clock.advance(3600);
  return id;
}

const addPhone = () => add('sms', { phone_number: '14085550101' }, () => ({ code: inbox.code() }));

describe.each(PLATFORMS)('loginWithMfa on %s', (platform) => {
  async function boot(): Promise<void> {
    inbox = new Inbox();
    const mfa = { challenges: CHALLENGES, totp: { issuer: 'Bank' }, sms: { sender: inbox.sms.send } };
    booted = await bootApp({ platform, mfa });
  }

  it('signs in by password alone while MFA is off', async () => {
    await boot();
    expect(await vault(await login())).toBe(401);
    expect((await (await login()).fetch('/app/me')).status).toBe(200);
    await expect(loginWithMfa(booted.app, { ...BOB, password: 'wrong' })).rejects.toThrow('invalid_credentials');
  });

  it('answers with the code of a message', async () => {
    await boot();
    await addPhone();
    expect(await vault(await login([inbox]))).toBe(200);
  });

  it('answers with an authenticator app, as often as it is asked', async () => {
    await boot();
    let app!: VirtualAuthenticatorApp;
    await add('totp', {}, ({ otpauth_uri }) => {
      app = new VirtualAuthenticatorApp(otpauth_uri, booted.clock);
      return { code: app.nextCode() };
    });
    for (let time = 0; time < 3; time++) expect(await vault(await login([app]))).toBe(200);
  });

  it('answers with a device of the test for a challenge of the application', async () => {
    await boot();
    const badge = 'B0001';
    const signature = (nonce: string, uses: number) => ({
      badge,
      uses,
      signature: signed({ secret: SECRET }, nonce, uses),
    });
    await add('badge', { badge, secret: SECRET }, ({ nonce }) => ({ response: signature(nonce, 1) }));
    const device: TestDevice = {
      answer: ({ input, options }) =>
        input === 'badge' ? { response: signature((options as { nonce: string }).nonce, 2) } : undefined,
    };
    expect(await vault(await login([inbox, device]))).toBe(200);
  });

  it('chooses another method if no device is for the default one, or the one that the test names', async () => {
    await boot();
    const phone = await addPhone();
    let app!: VirtualAuthenticatorApp;
    const id = await add('totp', {}, ({ otpauth_uri }) => {
      app = new VirtualAuthenticatorApp(otpauth_uri, booted.clock);
      return { code: app.nextCode() };
    });
    expect(await vault(await login([app]))).toBe(200);
    const amr = async (session: TestSession) =>
      ((await (await session.fetch('/app/me')).json()) as { amr: string[] }).amr;
    expect(await amr(await login([inbox, app], id))).toEqual(['pwd', 'otp', 'mfa']);
    booted.clock.advance(3600);
    expect(await amr(await login([inbox, app], phone))).toEqual(['pwd', 'sms', 'mfa']);
  });

  it('chooses another method if the gateway is down', async () => {
    await boot();
    await addPhone();
    let app!: VirtualAuthenticatorApp;
    await add('totp', {}, ({ otpauth_uri }) => {
      app = new VirtualAuthenticatorApp(otpauth_uri, booted.clock);
      return { code: app.nextCode() };
    });
    inbox.messages.length = 0;
    inbox.failure = new Error('The gateway is down.');
    expect(await vault(await login([inbox, app]))).toBe(200);
  });

  it('says which methods no device answers, and what a wrong proof gets', async () => {
    await boot();
    await addPhone();
    await expect(login()).rejects.toThrow(/no device answers any of \[\{"id":"\w+.*"type":"sms"/);
    booted.clock.advance(3600);
    await expect(login([{ answer: () => ({ code: '000000' }) }])).rejects.toThrow('invalid_mfa_code');
  });

  it('goes to the path that the module has', async () => {
    await boot();
    await booted.close();
    booted = await bootApp({ platform, mfa: { path: 'auth/mfa' }, setUp: (app) => app.setGlobalPrefix('api') });
    const session = await loginWithMfa(booted.app, BOB, { path: 'api/auth/mfa' });
    expect((await session.fetch('/api/app/me')).status).toBe(200);
  });
});
