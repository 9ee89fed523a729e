import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cipher } from '../../src/core/cipher.js';
import { KeyRing } from '../../src/core/key-ring.js';
import { bootApp, type BootedApp, TEST_KEY } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
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

describe('a seal', () => {
  let booted: BootedApp;
  let code: string;
  beforeEach(async () => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
    code = await rightCode(booted, 'bob');
  });
  afterEach(() => booted.close());

  /** Changes the sealed states in the database behind the module's back. */
  async function tamper(column: 'factors' | 'pending_factors', change: (seal: string) => string): Promise<void> {
    const [row] = await booted.database.query<Record<string, string>[]>('SELECT * FROM mfa_multi_factor_auth');
    const factors = JSON.parse(row![column]!) as { sealedState: string }[];
    const tampered = factors.map((factor) => ({ ...factor, sealedState: change(factor.sealedState) }));
    await booted.database.query(`UPDATE mfa_multi_factor_auth SET ${column} = ?`, [JSON.stringify(tampered)]);
  }

  it.each(TAMPERED)('[X-03] with %s proves nothing, and MFA stays on', async (_, change) => {
    const token = await openSession(booted, 'bob');
    await tamper('factors', change);
    for (const name of LOGIN_NAMES) {
      const login = await loginRoute(booted, name);
      expect((await denied(booted, () => login.send('bob', { mfa_code: code }))).status).toBe(400);
      const challenged = await login.send('bob');
      expect(challenged.status).toBe(503);
      expect(login.token(challenged)).toBeUndefined();
      expect(challenged.text).not.toMatch(/seal|decrypt|auth tag|key|v1/i);
    }
    expect((await booted.client.get('/mfa/', { token })).body['enabled']).toBe(true);
    expect(booted.outbox.count).toBe(0);
  });

  it.each(TAMPERED)('[X-03] with %s does not keep its owner from requesting the phone again', async (_, change) => {
    await booted.database.query('DELETE FROM mfa_multi_factor_auth');
    const token = await booted.client.token('alice');
    await requestPhone(booted, token, '14085550111');
    const sent = booted.outbox.lastCode();
    await tamper('pending_factors', change);
    expect((await denied(booted, () => verifyPhone(booted, token, sent))).status).toBe(400);
    booted.clock.advance(61);
    expect((await requestPhone(booted, token, '14085550111')).status).toBe(200);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).body['enabled']).toBe(true);
  });

  it('[X-03] of another user or factor does not open', async () => {
    const cipher = new Cipher(new KeyRing([TEST_KEY]));
    const sealed = await cipher.seal({ n: 1 }, { userId: '1', factorId: 'a' });
    expect(await cipher.open(sealed, { userId: '1', factorId: 'a' })).toEqual({ n: 1 });
    await expect(cipher.open(sealed, { userId: '2', factorId: 'a' })).rejects.toThrow('could not be opened');
    await expect(cipher.open(sealed, { userId: '1', factorId: 'b' })).rejects.toThrow('could not be opened');
  });

  it('[X-05] has a nonce of 12 bytes, and none of 10 000 has another one', async () => {
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

describe('a crash between the spending of a code and the session', () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it.each(LOGIN_NAMES)('[X-10] loses the code at %s, gives no token, and lets the next code in', async (name) => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
    const login = await loginRoute(booted, name);
    await login.send('bob');
    const mfa_code = booted.outbox.lastCode();
    // What a killed process leaves: the code is spent, the session was never written.
    await booted.database.query(
      `CREATE TRIGGER crash BEFORE INSERT ON mfa_session BEGIN SELECT RAISE(ABORT, 'the process is gone'); END`,
    );
    const crashed = await login.send('bob', { mfa_code });
    expect([crashed.status, login.token(crashed)]).toEqual([500, undefined]);
    expect(crashed.text).not.toContain('the process is gone');
    await booted.database.query('DROP TRIGGER crash');
    await denied(booted, () => login.send('bob', { mfa_code }));
    booted.clock.advance(61);
    await login.send('bob');
    const next = await login.send('bob', { mfa_code: booted.outbox.lastCode() });
    expect([next.status, typeof login.token(next)]).toEqual([200, 'string']);
  });
});
