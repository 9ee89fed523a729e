import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuth } from '../../src/index.js';
import { Cipher } from '../../src/crypto/cipher.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { type BootedApp, TEST_KEY } from '../support/boot-app.js';
import { breakInserts } from '../support/broken-inserts.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';

/** Another character of base64url in one place. */
function flipped(text: string, at: number): string {
  const place = at < 0 ? text.length + at : at;
  return `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`;
}

const part = (index: number, change: (text: string) => string) => (seal: string) =>
  seal
    .split('.')
    .map((text, place) => (place === index ? change(text) : text))
    .join('.');

const TAMPERED: [string, (seal: string) => string][] = [
  ['another version', part(0, () => 'v2')],
  ['another key id', part(1, (id) => (id.startsWith('0') ? `1${id.slice(1)}` : `0${id.slice(1)}`))],
  ['an unknown key id', part(1, () => 'deadbeef')],
  ['a key id that is a name of the prototype', part(1, () => '__proto__')],
  ['a flipped nonce', part(2, (nonce) => flipped(nonce, 3))],
  ['a shorter nonce', part(2, (nonce) => nonce.slice(0, 8))],
  ['no nonce', part(2, () => '')],
  ['a flipped text', part(3, (sealed) => flipped(sealed, 3))],
  ['a flipped tag', part(3, (sealed) => flipped(sealed, -10))],
  ['a tag cut to four bytes', part(3, (sealed) => sealed.slice(0, -16))],
  ['nothing but a tag', part(3, (sealed) => sealed.slice(-22))],
  ['three parts', (seal) => seal.split('.').slice(0, 3).join('.')],
  ['nothing', () => ''],
  ['clear text', () => '{"secret":"AAAA","spent":0,"phoneNumber":"14085550111"}'],
];

await describeOnEach('a seal', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let user: string;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1);
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());

  // A user of its own for each test, on a day of its own, because wrong codes and messages count.
  beforeEach(async ({ task }) => {
    user = `user-${task.id}`;
    addUser(instances, user);
    booted.clock.advance(86_400);
    booted.outbox.messages.length = 0;
  });

  /** Changes the sealed states in the database behind the module's back. */
  async function tamper(column: 'factors' | 'pendingFactors', change: (seal: string) => string): Promise<void> {
    const { userId, [column]: factors } = await rowOf(booted, user);
    const tampered = factors.map((factor) => ({ ...factor, sealedState: change(factor.sealedState) }));
    await booted.database.getRepository(MultiFactorAuth).update({ userId }, { [column]: tampered });
  }

  it.each(TAMPERED)('[X-03] with %s proves nothing, and MFA stays on', async (_, change) => {
    await enrolledByRow(booted, user);
    const [code, token] = [await rightCode(booted, user), await openSession(booted, user)];
    await tamper('factors', change);
    for (const name of LOGIN_NAMES) {
      const login = await loginRoute(booted, name);
      expect((await denied(booted, () => login.send(user, { mfa_code: code }))).status).toBe(400);
      const challenged = await login.send(user);
      expect(challenged.status).toBe(503);
      expect(login.token(challenged)).toBeUndefined();
      expect(challenged.text).not.toMatch(/seal|decrypt|auth tag|key|v1/i);
    }
    expect((await booted.client.get('/mfa/', { token })).body['enabled']).toBe(true);
    expect(booted.outbox.count).toBe(0);
  });

  it.each(TAMPERED)('[X-03] with %s does not keep its owner from requesting the phone again', async (_, change) => {
    const token = await booted.client.token(user);
    await requestPhone(booted, token, '14085550111');
    const sent = booted.outbox.lastCode();
    await tamper('pendingFactors', change);
    expect((await denied(booted, () => verifyPhone(booted, token, sent))).status).toBe(400);
    booted.clock.advance(61);
    expect((await requestPhone(booted, token, '14085550111')).status).toBe(200);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).body['enabled']).toBe(true);
  });

  it("[X-03] [T21] that was put into another user's row signs nobody in there", async () => {
    addUser(instances, `owner of ${user}`);
    await enrolledByRow(booted, `owner of ${user}`);
    await enrolledByRow(booted, user);
    const [owned] = (await rowOf(booted, `owner of ${user}`)).factors;
    await tamper('factors', () => owned!.sealedState);
    const mfa_code = await rightCode(booted, `owner of ${user}`);
    expect((await denied(booted, () => booted.client.login(user, { mfa_code }))).status).toBe(400);
    expect(await booted.client.token(`owner of ${user}`, { mfa_code })).toBeTypeOf('string');
  });

  it.each(LOGIN_NAMES)('[X-10] loses the code at %s, gives no token, and lets the next code in', async (name) => {
    await enrolledByRow(booted, user);
    const login = await loginRoute(booted, name);
    await login.send(user);
    const mfa_code = booted.outbox.lastCode();
    // What a killed process leaves: the code is spent, the session was never written.
    const mend = await breakInserts(booted.database);
    const crashed = await login.send(user, { mfa_code });
    await mend();
    expect([crashed.status, login.token(crashed)]).toEqual([500, undefined]);
    expect(crashed.text).not.toContain('the process is gone');
    await denied(booted, () => login.send(user, { mfa_code }));
    booted.clock.advance(61);
    await login.send(user);
    const next = await login.send(user, { mfa_code: booted.outbox.lastCode() });
    expect([next.status, typeof login.token(next)]).toEqual([200, 'string']);
  });
});

describe('the cipher', () => {
  it('[X-03] [T21] opens no seal of another user or factor', async () => {
    const cipher = new Cipher(new KeyRing([TEST_KEY]));
    const sealed = await cipher.seal({ n: 1 }, { userId: '1', factorId: 'a' });
    expect(await cipher.open(sealed, { userId: '1', factorId: 'a' })).toEqual({ n: 1 });
    await expect(cipher.open(sealed, { userId: '2', factorId: 'a' })).rejects.toThrow('could not be opened');
    await expect(cipher.open(sealed, { userId: '1', factorId: 'b' })).rejects.toThrow('could not be opened');
  });

  it('[X-05] takes a nonce of 12 bytes for each of 10 000 seals, and none twice', async () => {
    const cipher = new Cipher(new KeyRing([TEST_KEY]));
    const nonces = new Set<string>();
    for (let count = 0; count < 10_000; count++) {
      const sealed = await cipher.seal({ secret: 'the same' }, { userId: '1', factorId: 'a' });
      nonces.add(sealed.split('.')[2]!);
    }
    expect(nonces.size).toBe(10_000);
    expect([...nonces].filter((nonce) => Buffer.from(nonce, 'base64url').length !== 12)).toEqual([]);
  });
});
