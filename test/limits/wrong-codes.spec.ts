import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { eventLog } from '../support/event-log.js';
import { rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { type LoginRoute, loginRoute, onEachLogin } from '../support/logins.js';

const { listener, events, count } = eventLog();
let booted: BootedApp;
let bob: string;
beforeEach(async () => {
  events.length = 0;
  booted = await bootApp({ mfa: { events: listener } });
  bob = String(booted.users.named('bob').id);
  await enrolled(booted, 'bob');
});
afterEach(() => booted.close());
const describeOnEachLogin = onEachLogin(() => booted);

/** Sends wrong codes of bob, and gives the status of each answer. */
async function guess(login: LoginRoute, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let salt = 0; salt < times; salt++) {
    const mfa_code = await wrongCode(booted, 'bob', salt);
    statuses.push((await denied(booted, () => login.send('bob', { mfa_code }))).status);
  }
  return statuses;
}

describeOnEachLogin('guessing', (login) => {
  it('[B-06] refuses the right code after five wrong ones, until the lock is over', async () => {
    await codeByLogin(booted, 'bob');
    expect(await guess(login, 5)).toEqual([400, 400, 400, 400, 400]);
    const mfa_code = await rightCode(booted, 'bob');
    expect((await denied(booted, () => login.send('bob', { mfa_code }))).status).toBe(429);
    booted.clock.advance(61);
    expect(login.token(await login.send('bob', { mfa_code: await codeByLogin(booted, 'bob') }))).toBeTypeOf('string');
  });

  it('[B-09] [T10] counts wrong codes over all messages: a resend gives no new guesses', async () => {
    await codeByLogin(booted, 'bob');
    expect(await guess(login, 4)).toEqual([400, 400, 400, 400]);
    booted.clock.advance(61);
    await codeByLogin(booted, 'bob');
    expect(await guess(login, 4)).toEqual([400, 429, 429, 429]);
    expect(count('locked', bob)).toBe(1);
  });

  it('[B-16] judges nothing during the lock, and says how long it lasts', async () => {
    const mfa_code = await codeByLogin(booted, 'bob');
    await guess(login, 5);
    booted.clock.advance(29);
    const early = await denied(booted, () => login.send('bob', { mfa_code }));
    expect(early.status).toBe(429);
    expect(Number(early.headers.get('retry-after'))).toBe(1);
    expect(early.text).toContain('Too many attempts. Try again later.');
    expect(await rowOf(booted, 'bob')).toMatchObject({ knownCodeFailures: 5 });
    booted.clock.advance(2);
    expect(login.token(await login.send('bob', { mfa_code }))).toBeTypeOf('string');
    expect(await rowOf(booted, 'bob')).toMatchObject({ knownCodeFailures: 0 });
  });

  it('[B-17] doubles the lock with every further wrong code, up to an hour', async () => {
    await guess(login, 4);
    const locks: number[] = [];
    for (let failure = 5; failure < 14; failure++) {
      expect(await guess(login, 1)).toEqual([400]);
      const mfa_code = await rightCode(booted, 'bob');
      const { status, headers } = await denied(booted, () => login.send('bob', { mfa_code }));
      expect(status).toBe(429);
      locks.push(Number(headers.get('retry-after')));
      booted.clock.advance(locks.at(-1)! - 1);
      expect((await login.send('bob', { mfa_code: await rightCode(booted, 'bob') })).status).toBe(429);
      booted.clock.advance(1);
    }
    expect(locks).toEqual([30, 60, 120, 240, 480, 900, 1800, 3600, 3600]);
    expect(count('locked', bob)).toBe(9);
    expect(login.token(await login.send('bob', { mfa_code: await rightCode(booted, 'bob') }))).toBeTypeOf('string');
  });

  it('[B-20] leaves the guesses of codes alone while passwords are guessed', async () => {
    for (let attempt = 0; attempt < 50; attempt++) {
      await denied(booted, () => login.send('bob', { password: `guess-${attempt}`, mfa_code: '123456' }));
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, backupFailures: 0 });
    // From this network, one password is looked at each minute now.
    booted.clock.advance(60);
    expect(login.token(await login.send('bob', { mfa_code: await rightCode(booted, 'bob') }))).toBeTypeOf('string');
  });
});

describe('guessing on several paths', () => {
  it('[B-11] [T10] shares one count between both logins, and locks step-up too', async () => {
    const { client, clock } = booted;
    const [authtoken, oauth2] = [await loginRoute(booted, 'authtoken'), await loginRoute(booted, 'oauth2')];
    const token = await client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const stepUp = async (mfa_code: string) => client.post('/mfa/step-up/', { token, json: { mfa_code } });
    const forStepUp = () => rightCode(booted, 'bob', { purpose: 'step-up' });
    await guess(authtoken, 2);
    const wrong = await wrongCode(booted, 'bob');
    expect((await denied(booted, () => stepUp(wrong))).status).toBe(400);
    // Those of a step-up end their session, and lock nobody.
    await guess(oauth2, 3);

    for (const locked of [
      async () => authtoken.send('bob', { mfa_code: await rightCode(booted, 'bob') }),
      async () => oauth2.send('bob', { mfa_code: await rightCode(booted, 'bob') }),
      async () => stepUp(await forStepUp()),
    ]) {
      expect((await denied(booted, locked)).status).toBe(429);
    }
    const verify = { token, json: { mfa_code: await rightCode(booted, 'bob', { purpose: 'enrolment' }) } };
    await denied(booted, () => client.put('/mfa/sms/verify/', verify));

    clock.advance(30);
    expect((await stepUp(await forStepUp())).body).toEqual({ mfa_required: false });
  });

  it('[B-11] shares that count with the confirmation of a new phone', async () => {
    const { client, outbox, clock } = booted;
    const token = await client.token('alice');
    const request = { token, json: { phone_number: '14085550199' } };
    await client.put('/mfa/sms/request/', request);
    const verify = (mfa_code: string) => client.put('/mfa/sms/verify/', { token, json: { mfa_code } });
    const right = outbox.lastCode();
    for (let salt = 1; salt <= 5; salt++) {
      const wrong = String((Number(right) + salt) % 1_000_000).padStart(6, '0');
      expect((await denied(booted, () => verify(wrong))).status).toBe(400);
    }
    await denied(booted, () => verify(right));
    expect((await denied(booted, () => client.put('/mfa/sms/request/', request))).status).toBe(429);
    clock.advance(31);
    // Guessed at until the lock, the request is dead: only a new one, with a new message, leads on.
    await denied(booted, () => verify(right));
  });
});
