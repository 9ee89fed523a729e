import type { ExecutionContext } from '@nestjs/common';
import { ForbiddenException } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type MfaClaims,
  MultiFactorAuthService,
  OwnCredential,
  type OwnSignIn,
  SmsChallenge,
  TotpChallenge,
} from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { eventLog } from '../support/event-log.js';
import { par } from '../support/par.js';
import { nextCode, type ShownKey } from '../support/totp-app.js';
import type { TestUser } from '../support/test-users.js';

/** Takes what the test says for proven, as if it were in a signed token. */
class HeaderCredential extends OwnCredential {
  read({ headers }: { headers: { 'x-signed-in'?: string } }, context: ExecutionContext): OwnSignIn | null {
    const said = headers['x-signed-in'];
    if (said === 'forbidden') throw new ForbiddenException();
    if (said === 'broken') throw new Error(`the key of ${context.getClass().name} is lost`);
    return JSON.parse(said ?? 'null') as OwnSignIn | null;
  }

  issue({ username }: TestUser, claims: MfaClaims) {
    return { username, claims };
  }
}

const log = eventLog();
const MFA = {
  signedIn: HeaderCredential,
  challenges: [SmsChallenge, TotpChallenge],
  totp: { issuer: 'Example Bank' },
  events: log.listener,
};

let booted: BootedApp;
afterEach(() => booted.close());

interface Issued {
  credential: { username: string; claims: MfaClaims };
}

const sent = (method: string, path: string, signedIn: unknown, json?: object) => {
  const said = typeof signedIn === 'string' ? signedIn : JSON.stringify(signedIn);
  return booted.client.request(method, path, { headers: { 'x-signed-in': said }, ...(json && { json }) });
};
const seconds = () => booted.clock.now().getTime() / 1000;

describe.each(PLATFORMS)("the application's own credential over %s", (platform) => {
  const boot = async () => {
    booted = await bootApp({ platform, mfa: MFA });
    log.events.length = 0;
  };

  /** Turns MFA on for bob, and gives the credential that comes with it. */
  const enrolled = async () => {
    const bob = { userId: 2, claims: { amr: ['pwd'], auth_time: seconds(), acr: '1fa', mfa_epoch: 0 } };
    const { body } = await sent('PUT', '/mfa/totp/request/', bob);
    const show = body['show'] as ShownKey;
    const verified = await sent('PUT', '/mfa/totp/verify/', bob, { mfa_code: nextCode(show, booted.clock) });
    const { claims } = (verified.body as unknown as Issued).credential;
    return { show, bob: { userId: 2, claims } };
  };

  it('is renewed with what it has proven and the new epoch', async () => {
    await boot();
    const { bob } = await enrolled();
    expect(bob.claims).toEqual({
      amr: ['pwd', 'otp', 'mfa'],
      auth_time: seconds(),
      acr: 'mfa',
      mfa_epoch: await booted.app.get(MultiFactorAuthService).epoch('2'),
    });
    expect((await sent('GET', '/app/vault', bob)).body).toEqual({ username: 'bob' });
  });

  it.each<[string, object]>([
    ['of one factor', { acr: '1fa' }],
    ['without a level', { acr: undefined }],
    ['whose level is of another kind', { acr: true }],
    ['whose proof is over five minutes old', { auth_time: 1 }],
    ['whose time is a text', { auth_time: '9999999999' }],
    ['whose time is in the future', { auth_time: 9_999_999_999 }],
    ['whose time is no time', { auth_time: Number.MAX_SAFE_INTEGER }],
    ['without a time', { auth_time: undefined }],
    ['of an earlier epoch', { mfa_epoch: 0 }],
    ['without an epoch, from before MFA was on', { mfa_epoch: undefined }],
    ['of a later epoch', { mfa_epoch: 2_000_000_000 }],
    ['whose epoch is a text', { mfa_epoch: '1' }],
  ])('opens no guarded route with claims %s', async (_, change) => {
    await boot();
    const { bob } = await enrolled();
    const { status } = await sent('GET', '/app/vault', { ...bob, claims: { ...bob.claims, ...change } });
    expect(status).toBe(401);
  });

  it.each<[string, unknown, number]>([
    ['nobody', null, 401],
    ['a user who does not exist', { userId: 99 }, 401],
    ['a user who is not active', { userId: 3 }, 401],
    ['no id', { claims: {} }, 500],
    ['an empty id', { userId: '', claims: {} }, 500],
    ['an id that is no number', { userId: null, claims: {} }, 500],
    ['claims that are none', { userId: 2, claims: 'mfa' }, 500],
    ['an error of its own', 'forbidden', 403],
    ['a failure', 'broken', 500],
  ])('of %s is refused', async (_, signedIn, status) => {
    await boot();
    for (const path of ['/mfa/', '/app/me']) expect((await sent('GET', path, signedIn)).status).toBe(status);
  });

  it('of a user whose id is spelled in another way is refused: MFA would seem to be off', async () => {
    await boot();
    const { bob } = await enrolled();
    const lax = booted.users.findById.bind(booted.users);
    booted.users.findById = (id) => lax(String(Number(id)));
    for (const userId of ['02', '2.0', ' 2']) expect((await sent('GET', '/mfa/', { userId })).status).toBe(401);
    expect((await sent('GET', '/app/me', bob)).status).toBe(200);
  });

  it("is the only one: a token of the module's sessions opens nothing, and its logins are not there", async () => {
    await boot();
    expect((await booted.client.login('bob')).status).toBe(404);
    const { status } = await booted.client.get('/app/me', { token: 'any' });
    expect(status).toBe(401);
    const { bob } = await enrolled();
    expect((await sent('POST', '/mfa/logout/', bob)).status).toBe(404);
  });

  it('ends with five wrong codes no login and no other route, and tells once that somebody guesses', async () => {
    await boot();
    const { bob, show } = await enrolled();
    const stepUp = (mfa_code: string) => sent('POST', '/mfa/step-up/', bob, { mfa_code });
    const statuses: number[] = [];
    for (let guess = 0; guess < 8; guess++) statuses.push((await stepUp('000000')).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429, 429, 429]);
    expect(log.count('step_up_guessed', '2')).toBe(1);
    // Nor does another credential of the same user have more.
    const other = { userId: 2, claims: { ...bob.claims, auth_time: bob.claims.auth_time - 60 } };
    expect((await sent('POST', '/mfa/step-up/', other, { mfa_code: '000000' })).status).toBe(429);
    expect((await sent('GET', '/app/me', bob)).status).toBe(200);
    booted.clock.advance(300);
    const { body } = await stepUp(nextCode(show, booted.clock));
    expect(body).toMatchObject({ mfa_required: false, credential: { claims: { acr: 'mfa', auth_time: seconds() } } });
  });

  it('lets no burst of step-ups outrun the count', async () => {
    await boot();
    const { bob } = await enrolled();
    const headers = { 'x-signed-in': JSON.stringify(bob) };
    const wrong = (guess: number) => String(guess).padStart(6, '0');
    const answers = await par([booted], 20, (guess) => ({
      path: '/mfa/step-up/',
      headers,
      json: { mfa_code: wrong(guess) },
    }));
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([400, 400, 400, 400, 400, ...Array.from({ length: 15 }, () => 429)]);
  });

  it('takes no other number of guesses for a right code among them', async () => {
    await boot();
    const { bob, show } = await enrolled();
    const stepUp = (mfa_code: string) => sent('POST', '/mfa/step-up/', bob, { mfa_code });
    for (let guess = 0; guess < 4; guess++) await stepUp('000000');
    expect((await stepUp(nextCode(show, booted.clock))).status).toBe(200);
    expect((await stepUp('000000')).status).toBe(400);
    expect((await stepUp('000000')).status).toBe(429);
  });

  it('is renewed without the factor when the last one is removed', async () => {
    await boot();
    const { bob } = await enrolled();
    const [{ id }] = JSON.parse((await sent('GET', '/mfa/factors/', bob)).text) as [{ id: string }];
    const removed = await sent('DELETE', `/mfa/factors/${id}/`, bob);
    const { claims } = (removed.body as unknown as Issued).credential;
    expect([removed.status, claims.acr]).toEqual([200, '1fa']);
    expect((await sent('GET', '/mfa/', bob)).status).toBe(401);
    expect((await sent('GET', '/mfa/', { userId: 2, claims })).body).toMatchObject({ enabled: false });
  });
});
