import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolledByRow, rightCode, wrongCode } from '../support/factor-rows.js';
import { guessPasswords, times } from '../support/guesses.js';
import { type LoginRoute, loginRoute, onEachLogin } from '../support/logins.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { par } from '../support/par.js';
import { prompted } from '../support/prompted.js';

let booted: BootedApp;
beforeEach(async () => {
  booted = await bootApp();
});
afterEach(() => booted.close());
const describeOnEachLogin = onEachLogin(() => booted);

/** The wrong passwords that a name has left from here: they are gone after this. */
async function allowanceOf(login: LoginRoute, username: string): Promise<number> {
  const statuses = await guessPasswords(login, username, 12);
  return statuses.filter((status) => status === 400).length;
}

describeOnEachLogin('guessing passwords', (login) => {
  it('[B-19] takes ten wrong ones for a name at once, and then one more each minute', async () => {
    const { clock } = booted;
    expect(await guessPasswords(login, 'bob', 10)).toEqual(times(10, 400));
    const slowed = await login.send('bob', { password: 'guess' });
    expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '60']);
    expect(slowed.text).toContain('Too many attempts. Try again later.');
    clock.advance(59);
    const early = await login.send('bob', { password: 'guess' });
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '1']);
    clock.advance(1);
    expect(await guessPasswords(login, 'bob', 2)).toEqual([400, 429]);
    clock.advance(10 * 60);
    expect(await allowanceOf(login, 'bob')).toBe(10);
  });

  it('[B-19] asks no hash for who is slowed, and finds out nothing with the right password', async () => {
    await guessPasswords(login, 'bob', 10);
    booted.users.verifications = [];
    const wrong = await login.send('bob', { password: 'guess' });
    const right = await login.send('bob');
    expect([right.status, right.text]).toEqual([429, wrong.text]);
    expect(booted.users.verifications).toEqual([]);
    booted.clock.advance(60);
    expect(login.token(await login.send('bob'))).toBeTypeOf('string');
  });

  it('[B-19] writes nothing for who is slowed, with the audit table neither', async () => {
    await booted.close();
    booted = await bootApp({ mfa: { audit: true } });
    Object.assign(login, await loginRoute(booted, login.name));
    await guessPasswords(login, 'bob', 11);
    const before = booted.statements.length;
    await guessPasswords(login, 'bob', 20);
    expect(booted.statements.slice(before).filter(({ sql }) => !sql.startsWith('SELECT'))).toEqual([]);
  });

  it('[B-19] never counts a right one: thirty of one name at the same moment all get in', async () => {
    const answers = await par([booted], 30, () => login.request('bob'));
    expect(answers.map(({ status }) => status)).toEqual(times(30, 200));
    expect(new Set(answers.map((answered) => login.token(answered))).size).toBe(30);
    expect(await allowanceOf(login, 'bob')).toBe(10);
  });

  it('[B-19] never counts a right one: hundreds of people sign in from one network, once and again', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `employee-${index}`);
    names.forEach((name) => booted.users.add(name));
    for (const name of [...names, ...names]) expect((await login.send(name)).status).toBe(200);
  });

  it('[B-19] gives none back for a right one: no login of the owner washes guesses away', async () => {
    expect(await guessPasswords(login, 'bob', 9)).toEqual(times(9, 400));
    for (let own = 0; own < 5; own++) expect((await login.send('bob')).status).toBe(200);
    expect(await guessPasswords(login, 'bob', 2)).toEqual([400, 429]);
  });

  it('[B-20] has its own count: wrong codes take no password, and no password a code', async () => {
    await enrolledByRow(booted, 'bob');
    const mfa_code = await wrongCode(booted, 'bob');
    for (let guess = 0; guess < 5; guess++) expect((await login.send('bob', { mfa_code })).status).toBe(400);
    expect((await login.send('bob', { mfa_code })).status).toBe(429);
    expect((await login.send('bob')).body).toEqual(prompted('sms'));
    expect(await allowanceOf(login, 'bob')).toBe(10);
  });
});

describe('the count of wrong passwords', () => {
  it('[B-11] is one for both logins', async () => {
    const [authtoken, oauth2] = [await loginRoute(booted, 'authtoken'), await loginRoute(booted, 'oauth2')];
    expect(await guessPasswords(authtoken, 'bob', 6)).toEqual(times(6, 400));
    expect(await guessPasswords(oauth2, 'bob', 5)).toEqual([...times(4, 400), 429]);
    for (const login of [authtoken, oauth2]) expect((await login.send('bob')).status).toBe(429);
    expect(await guessPasswords(authtoken, 'alice', 1)).toEqual([400]);
  });

  it('[B-20] is not touched by a signed-in user who gets codes wrong at step-up and enrolment', async () => {
    await enrolledByRow(booted, 'bob');
    const [bob, alice] = [await openSession(booted, 'bob'), await booted.client.token('alice')];
    await requestPhone(booted, alice, '14085550199');
    for (let guess = 0; guess < 5; guess++) {
      const json = { mfa_code: await wrongCode(booted, 'bob') };
      expect((await booted.client.post('/mfa/step-up/', { token: bob, json })).status).toBe(400);
      expect((await verifyPhone(booted, alice, '000000')).status).toBe(400);
    }
    const login = await loginRoute(booted, 'authtoken');
    expect([await allowanceOf(login, 'bob'), await allowanceOf(login, 'alice')]).toEqual([10, 10]);
  });

  it('[B-20] leaves a session alone: its owner steps up while the password is guessed at', async () => {
    await enrolledByRow(booted, 'bob');
    const token = await openSession(booted, 'bob');
    expect(await allowanceOf(await loginRoute(booted, 'authtoken'), 'bob')).toBe(10);
    const json = { mfa_code: await rightCode(booted, 'bob', { purpose: 'step-up' }) };
    expect((await booted.client.post('/mfa/step-up/', { token, json })).status).toBe(200);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
  });
});
