import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeFor, type SmsState } from '../../src/index.js';
import { ChallengeRegistry } from '../../src/challenge/challenge-registry.js';
import { Cipher } from '../../src/crypto/cipher.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolled } from '../support/enrolled.js';
import { rowOf } from '../support/factor-rows.js';
import { provenToken, requestPhone, verifyPhone } from '../support/own-mfa.js';

const A = '14085550111';
const B = '14085550222';

let booted: BootedApp;
let token: string;
beforeEach(async () => {
  booted = await bootApp();
  token = await booted.client.token('alice');
});
afterEach(() => booted.close());

/** The right code of a requested phone at this moment, without a message. */
async function pendingCode(username: string): Promise<string> {
  const { pendingFactors, userId } = await rowOf(booted, username);
  const [{ id, sealedState }] = pendingFactors as [(typeof pendingFactors)[0]];
  const { app } = booted;
  const state = (await app.get(Cipher, { strict: false }).open(sealedState, { userId, factorId: id })) as SmsState;
  const user = { id: userId, name: userId };
  const context = app.get(ChallengeRegistry, { strict: false }).moment('sms', user, 'enrolment');
  return codeFor(state, state.phoneNumber, context);
}

async function isEnabled(): Promise<unknown> {
  return (await booted.client.get('/mfa/', { token })).body['enabled'];
}

describe('requesting a phone', () => {
  it('[E-03] [T13] refuses a code that was sent to another phone', async () => {
    await requestPhone(booted, token, A);
    const codeOfA = booted.outbox.lastCode();
    await requestPhone(booted, token, B);
    expect(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber)).toEqual([A, B]);
    await denied(booted, () => verifyPhone(booted, token, codeOfA));
    expect(await isEnabled()).toBe(false);
    expect((await rowOf(booted, 'alice')).factors).toEqual([]);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).body['phone_number']).toBe(B);
  });

  it('[E-03] [T13] refuses the code of a phone that was asked for again after another one', async () => {
    await requestPhone(booted, token, A);
    const first = booted.outbox.lastCode();
    await requestPhone(booted, token, B);
    booted.clock.advance(60);
    await requestPhone(booted, token, A);
    if (first !== booted.outbox.lastCode()) await denied(booted, () => verifyPhone(booted, token, first));
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).body['phone_number']).toBe(A);
  });

  it('[E-04] [T17] refuses another number while MFA is on, and sends nothing', async () => {
    await enrolled(booted, 'bob');
    const bob = await provenToken(booted, 'bob');
    const before = await rowOf(booted, 'bob');
    const sent = booted.outbox.count;
    const refused = await denied(booted, () => requestPhone(booted, bob, B));
    expect(refused.status).toBe(400);
    expect(refused.body['message']).toBe('Two factor authentication is already enabled.');
    expect(await rowOf(booted, 'bob')).toEqual(before);
    expect(booted.outbox.count).toBe(sent);
  });

  it('[E-07] [T1] lets a session from before the enrolment change nothing', async () => {
    const [other, bob] = [await booted.client.token('bob'), await booted.client.token('bob')];
    await requestPhone(booted, bob, A);
    expect((await verifyPhone(booted, bob, booted.outbox.lastCode())).status).toBe(200);
    const before = await rowOf(booted, 'bob');
    await denied(booted, () => requestPhone(booted, other, B));
    await denied(booted, () => verifyPhone(booted, other, '000000'));
    await denied(booted, () => booted.client.delete('/mfa/', { token: other }));
    expect(await rowOf(booted, 'bob')).toEqual(before);
  });

  it('[E-11] takes nothing from the body but the phone number', async () => {
    const { status, body } = await booted.client.put('/mfa/sms/request/', {
      token,
      json: {
        phone_number: A,
        enabled: true,
        challenge_type: 'sms',
        challengeType: 'sms',
        verified: true,
        confirmedAt: '2026-01-01T00:00:00.000Z',
        user_id: 2,
        userId: '2',
        backup_key: 'x',
        authEpoch: 9,
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({ enabled: false, challenge_type: '', phone_number: A });
    const row = await rowOf(booted, 'alice');
    expect(row).toMatchObject({ challengeType: '', factors: [], authEpoch: 0, codeFailures: 0 });
    expect(row.pendingFactors.map(({ type, hint, confirmedAt }) => ({ type, hint, confirmedAt }))).toEqual([
      { type: 'sms', hint: A, confirmedAt: undefined },
    ]);
    await expect(rowOf(booted, 'bob')).rejects.toThrow('bob has no row');
  });

  it('[E-12] lets no prototype be reached through a body', async () => {
    const raw = `{"phone_number":"${A}","__proto__":{"enabled":true},"constructor":{"prototype":{"enabled":true}}}`;
    await booted.client.put('/mfa/sms/request/', { token, raw, headers: { 'content-type': 'application/json' } });
    await booted.client.put('/mfa/sms/request/', {
      token,
      form: { phone_number: A, 'constructor[prototype][enabled]': '1', '__proto__[enabled]': '1' },
    });
    expect(({} as { enabled?: unknown }).enabled).toBeUndefined();
    expect(await isEnabled()).toBe(false);
  });

  it('[E-15] looks at nobody but the one who is signed in', async () => {
    await enrolled(booted, 'bob');
    token = await booted.client.token('alice');
    const before = await rowOf(booted, 'bob');
    const headers = { 'x-user-id': '2', 'x-user': 'bob' };
    const query = '?user_id=2&user=bob&userId=2';
    const off = { enabled: false, challenge_type: '', phone_number: '' };
    expect((await booted.client.get(`/mfa/${query}`, { token, headers })).body).toEqual(off);
    await denied(booted, () => booted.client.delete(`/mfa/${query}`, { token, headers, json: { user_id: 2 } }));
    await denied(booted, () => booted.client.get(`/mfa/recovery/${query}`, { token, headers }));
    await booted.client.put(`/mfa/sms/request/${query}`, {
      token,
      headers,
      json: { phone_number: A, user_id: 2, user: 'bob' },
    });
    expect(await rowOf(booted, 'bob')).toEqual(before);
  });
});

describe('confirming a phone', () => {
  it.each([{ mfa_code: '000000' }, {}, { mfa_code: null }, { mfa_code: '' }, { mfa_code: [] }])(
    '[E-05] refuses %j without a request',
    async (json) => {
      const refused = await denied(booted, () => booted.client.put('/mfa/sms/verify/', { token, json }));
      expect(refused.status).toBe(400);
      expect(await isEnabled()).toBe(false);
    },
  );

  it('[E-06] lets five wrong codes kill a request for good, also when its right code comes after the lock', async () => {
    await requestPhone(booted, token, A);
    const right = booted.outbox.lastCode();
    const wrong = right === '123456' ? '123457' : '123456';
    for (let guess = 0; guess < 5; guess++) {
      expect((await denied(booted, () => verifyPhone(booted, token, wrong))).status).toBe(400);
    }
    expect((await denied(booted, () => verifyPhone(booted, token, right))).status).toBe(400);
    expect((await denied(booted, () => requestPhone(booted, token, A))).status).toBe(429);
    booted.clock.advance(31);
    expect((await denied(booted, () => verifyPhone(booted, token, right))).status).toBe(400);
    expect(await isEnabled()).toBe(false);
  });

  it('[E-06] keeps the cooldown of messages after such a lock, and starts again with another code', async () => {
    await requestPhone(booted, token, A);
    const old = booted.outbox.lastCode();
    const wrong = old === '123456' ? '123457' : '123456';
    for (let guess = 0; guess < 5; guess++) await verifyPhone(booted, token, wrong);
    booted.clock.advance(31);
    expect((await denied(booted, () => requestPhone(booted, token, A))).status).toBe(429);
    expect(booted.outbox.count).toBe(1);
    booted.clock.advance(30);
    expect((await requestPhone(booted, token, A)).status).toBe(200);
    expect(booted.outbox.count).toBe(2);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).body['enabled']).toBe(true);
  });

  it('[E-14] forgets a request after ten minutes, though its code would be right', async () => {
    await requestPhone(booted, token, A);
    booted.clock.advance(600);
    const atTheEdge = await pendingCode('alice');
    booted.clock.advance(1);
    const right = await pendingCode('alice');
    expect((await denied(booted, () => verifyPhone(booted, token, right))).status).toBe(400);
    expect((await denied(booted, () => verifyPhone(booted, token, atTheEdge))).status).toBe(400);
    expect(await isEnabled()).toBe(false);
  });

  it('[E-14] takes the right code until then', async () => {
    await requestPhone(booted, token, A);
    booted.clock.advance(600);
    expect((await verifyPhone(booted, token, await pendingCode('alice'))).body['enabled']).toBe(true);
  });
});
