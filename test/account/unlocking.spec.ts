import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MfaError, MultiFactorAuthService } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { backupSet, enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const BOB = '2';
const DAY = 86_400;

let booted: BootedApp;
let mfa: MultiFactorAuthService;
beforeEach(async () => {
  booted = await bootApp();
  mfa = booted.app.get(MultiFactorAuthService, { strict: false });
});
afterEach(() => booted.close());

const statusWith = async (more: object) => (await booted.client.login('bob', { ...more })).status;
const right = async () => statusWith({ mfa_code: await rightCode(booted, 'bob') });

/** Enters so many wrong codes, each as soon as the lock before it is over. */
async function guess(times: number): Promise<void> {
  const mfa_code = await wrongCode(booted, 'bob');
  for (let tries = 0; tries < times; tries++) {
    const { status, headers } = await booted.client.login('bob', { mfa_code });
    if (status === 429) {
      booted.clock.advance(Number(headers.get('retry-after')));
      tries -= 1;
    }
  }
}

describe('an administrator', () => {
  it('ends a lock, and the count that made it', async () => {
    await enrolledByRow(booted, 'bob');
    await guess(5);
    expect(await right()).toBe(429);
    await mfa.unlock(BOB);
    const mfa_code = await wrongCode(booted, 'bob');
    const wrong: number[] = [];
    for (let tries = 0; tries < 6; tries++) wrong.push(await statusWith({ mfa_code }));
    expect(wrong).toEqual([400, 400, 400, 400, 400, 429]);
    await mfa.unlock(BOB);
    expect(await right()).toBe(200);
  });

  it('[B-18] lets a user in again whose guesses have reached the hard stop', async () => {
    await enrolledByRow(booted, 'bob');
    await booted.database.query(`UPDATE mfa_multi_factor_auth SET code_failures = 100, backup_failures = 100`);
    booted.clock.advance(30 * DAY);
    expect(await right()).toBe(429);
    await mfa.unlock(BOB);
    expect(await right()).toBe(200);
  });

  it('ends the limit of the long run, for backup codes too', async () => {
    const { codes, state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    const far = booted.clock.now().getTime() + 60 * DAY * 1000;
    await booted.database.query(`UPDATE mfa_multi_factor_auth SET code_arrival = ?, backup_arrival = ?`, [far, far]);
    expect([await right(), await statusWith({ backup_code: codes[0] })]).toEqual([429, 429]);
    await mfa.unlock(BOB);
    expect([await right(), await statusWith({ backup_code: codes[0] })]).toEqual([200, 200]);
  });

  it('revives no phone that was guessed at until the lock', async () => {
    const token = await booted.client.token('bob');
    await requestPhone(booted, token, '14085550111');
    const code = booted.outbox.lastCode();
    for (let wrong = 0; wrong < 5; wrong++) await verifyPhone(booted, token, code === '000000' ? '000001' : '000000');
    await mfa.unlock(BOB);
    expect((await verifyPhone(booted, token, code)).body['code']).toBe('invalid_mfa_code');
    expect((await requestPhone(booted, token, '14085550112')).status).toBe(200);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
  });

  it('ends no session with it, and changes nothing of a user without MFA', async () => {
    await enrolledByRow(booted, 'bob');
    const token = await openSession(booted, 'bob');
    await mfa.unlock(BOB);
    expect((await booted.client.get('/mfa/', { token })).status).toBe(200);
    await mfa.unlock('1');
    expect(await booted.database.query('SELECT user_id FROM mfa_multi_factor_auth')).toEqual([{ user_id: BOB }]);
  });
});

describe('a change of password', () => {
  it('ends every session and every lock', async () => {
    await enrolled(booted, 'bob');
    const token = await openSession(booted, 'bob', (await rowOf(booted, 'bob')).authEpoch);
    await guess(5);
    expect((await booted.client.get('/mfa/', { token })).status).toBe(200);
    await mfa.passwordChanged(BOB);
    expect((await booted.client.get('/mfa/', { token })).status).toBe(401);
    expect(await right()).toBe(200);
  });

  it('buys no guesses in the long run, however often it is made', async () => {
    await enrolledByRow(booted, 'bob');
    await hasSignedInFrom(booted, 'bob');
    let judged = 0;
    const mfa_code = await wrongCode(booted, 'bob');
    for (let change = 0; change < 20; change++) {
      for (let tries = 0; tries < 4; tries++) if ((await statusWith({ mfa_code })) === 400) judged += 1;
      await mfa.passwordChanged(BOB);
    }
    expect(judged).toBe(50);
  });

  it('ends the sessions of a user without a row', async () => {
    const token = await booted.client.token('alice');
    await mfa.passwordChanged('1');
    expect((await booted.client.get('/mfa/', { token })).status).toBe(401);
    expect((await booted.client.login('alice')).body).toHaveProperty('token');
  });
});

describe('an import', () => {
  const refusal = async (call: Promise<void>) => ((await call.catch((error: unknown) => error)) as MfaError).code;

  it('turns MFA on over a phone that was verified elsewhere, and ends the sessions of before', async () => {
    const token = await booted.client.token('bob');
    await mfa.enable(BOB, 'sms', { phone_number: '+14085550111' });
    expect((await booted.client.get('/mfa/', { token })).status).toBe(401);
    const mfa_code = await codeByLogin(booted, 'bob');
    expect(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber)).toEqual(['14085550111']);
    expect(await mfa.status(BOB)).toEqual({ enabled: true, challenge_type: 'sms', phone_number: '14085550111' });
    expect(await statusWith({ mfa_code })).toBe(200);
    const [factor] = (await rowOf(booted, 'bob')).factors;
    expect(factor!.confirmedAt).toEqual(booted.clock.now());
  });

  it('refuses what a request would refuse, and a user whose MFA is on', async () => {
    expect(await refusal(mfa.enable(BOB, 'sms', { phone_number: '123' }))).toBe('invalid_request');
    expect(await refusal(mfa.enable(BOB, 'sms', {}))).toBe('invalid_request');
    await expect(mfa.enable(BOB, 'backup', {})).rejects.toThrow("There is no challenge 'backup'");
    expect((await mfa.status(BOB)).enabled).toBe(false);
    await mfa.enable(BOB, 'sms', { phone_number: '14085550111' });
    expect(await refusal(mfa.enable(BOB, 'sms', { phone_number: '14085550112' }))).toBe('mfa_enabled');
    expect((await mfa.status(BOB)).phone_number).toBe('14085550111');
  });

  it('of one user twice at the same moment turns MFA on once', async () => {
    const phones = ['14085550111', '14085550112', '14085550113'];
    const done = await Promise.allSettled(phones.map((phone_number) => mfa.enable(BOB, 'sms', { phone_number })));
    expect(done.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((await rowOf(booted, 'bob')).factors).toHaveLength(1);
  });
});
