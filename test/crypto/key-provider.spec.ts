import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyProvider, KeyRotation } from '../../src/index.js';
import { bootApp, type BootedApp, TEST_KEY } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { bootInstances } from '../support/instances.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { openSession, requestPhone } from '../support/own-mfa.js';
import { type TestKms, testKms } from '../support/test-kms.js';

let kms: TestKms;
let close: () => Promise<void>;
beforeEach(() => {
  kms = testKms();
});
afterEach(() => close());

/** An application with a key service, and bob, whose MFA is on. */
async function bootWithKms(): Promise<BootedApp> {
  const booted = await bootApp({ mfa: { keyProvider: kms.provider } });
  close = () => booted.close();
  await enrolledByRow(booted, 'bob');
  return booted;
}

const sealOf = async (booted: BootedApp) => (await rowOf(booted, 'bob')).factors[0]!.sealedState;
const rotationOf = ({ app }: BootedApp) => app.get(KeyRotation, { strict: false });

describe('a key service of the application', () => {
  it('wraps a data key of its own for every seal', async () => {
    const booted = await bootWithKms();
    const before = await sealOf(booted);
    await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const after = await sealOf(booted);
    for (const text of [before, after]) expect(text).toMatch(/^v2\.kms-1\.[\w-]{80}\.[\w-]{16}\.[\w-]+$/);
    expect(before.split('.')[2]).not.toBe(after.split('.')[2]);
  });

  it.each(LOGIN_NAMES)('that is down gives no token at %s, counts nothing, and needs no restart', async (name) => {
    const booted = await bootWithKms();
    const login = await loginRoute(booted, name);
    const token = await openSession(booted, 'bob');
    const mfa_code = await rightCode(booted, 'bob');
    const seen: number[] = [];
    kms.state = 'down';
    for (let tries = 0; tries < 7; tries++) {
      const answered = await login.send('bob', tries === 0 ? {} : { mfa_code });
      expect([login.token(answered), answered.text]).toEqual([undefined, expect.not.stringContaining('4711')]);
      seen.push(answered.status);
    }
    expect(seen).toEqual(Array(7).fill(503));
    expect([booted.outbox.count, booted.log.filter((line) => line.includes('4711'))]).toEqual([0, []]);
    expect((await booted.client.get('/mfa/', { token })).body['enabled']).toBe(true);
    kms.state = 'up';
    expect(login.token(await login.send('bob', { mfa_code }))).toBeDefined();
  });

  it('that is down refuses an enrolment, and leaves users without MFA alone', async () => {
    const booted = await bootWithKms();
    kms.state = 'down';
    const token = await booted.client.token('alice');
    const { status, body } = await requestPhone(booted, token, '14085550111');
    expect([status, body['code'], booted.outbox.count]).toEqual([503, 'unavailable', 0]);
    kms.state = 'up';
    expect((await requestPhone(booted, token, '14085550111')).status).toBe(200);
  });

  it('that hangs is given up after its time', async () => {
    const booted = await bootWithKms();
    const mfa_code = await rightCode(booted, 'bob');
    kms.state = 'hangs';
    const { status, body } = await booted.client.login('bob', { mfa_code });
    expect([status, body['code'], body['token']]).toEqual([503, 'unavailable', undefined]);
  });

  it.each([
    ['a data key that it has not wrapped', (text: string) => text.replace(/^v2\.kms-1\.[\w-]{8}/, 'v2.kms-1.AAAAAAAA')],
    ['another key id', (text: string) => text.replace('kms-1', 'kms-0')],
    ['the version of another seal', (text: string) => text.replace('v2', 'v1')],
    ['the form of another seal', (text: string) => text.replace(/^v2\.kms-1\.[\w-]+/, 'v1.kms-1')],
    ['no data key', (text: string) => text.replace(/^v2\.kms-1\.[\w-]+/, 'v2.kms-1.')],
  ])('opens nothing with %s, and MFA stays on', async (_, altered) => {
    const booted = await bootWithKms();
    const mfa_code = await rightCode(booted, 'bob');
    const text = await sealOf(booted);
    await booted.database.query('UPDATE mfa_multi_factor_auth SET factors = replace(factors, ?, ?)', [
      text,
      altered(text),
    ]);
    expect((await denied(booted, () => booted.client.login('bob', { mfa_code }))).status).toBe(400);
    expect((await rowOf(booted, 'bob')).enabled).toBe(true);
  });

  it('counts a wrong code as ever', async () => {
    const booted = await bootWithKms();
    const mfa_code = await wrongCode(booted, 'bob');
    for (let tries = 0; tries < 5; tries++) await denied(booted, () => booted.client.login('bob', { mfa_code }));
    expect((await booted.client.login('bob', { mfa_code })).status).toBe(429);
  });

  it('does not start under a name that no row could hold', async () => {
    close = () => Promise.resolve();
    kms.keyId = 'arn:aws:kms:eu-west-1.amazonaws.com';
    await expect(bootApp({ mfa: { keyProvider: kms.provider } })).rejects.toThrow('`keyProvider` has no `keyId`');
    class Nameless extends KeyProvider {
      declare readonly keyId: string;
      wrap = (key: Buffer) => Promise.resolve(key);
      unwrap = (key: Buffer) => Promise.resolve(key);
    }
    await expect(bootApp({ mfa: { keyProvider: Nameless } })).rejects.toThrow('`keyProvider` has no `keyId`');
  });
});

describe('a rotation to a key service', () => {
  it('moves the rows of an application over, and from one key of the service to the next', async () => {
    const instances = await bootInstances(1);
    close = () => instances.close();
    await enrolledByRow(instances.all[0]!, 'bob');
    const booted = await instances.boot({ mfa: { keyProvider: kms.provider } });
    for (const keyId of ['kms-1', 'kms-2']) {
      kms.keyId = keyId;
      expect(await rotationOf(booted).run()).toMatchObject({ resealed: 1, left: 0 });
      expect(await rotationOf(booted).report()).toEqual({ primary: keyId, rows: { [keyId]: 1 }, unused: [] });
    }
    const { rows, resealed } = await rotationOf(booted).run();
    expect([rows, resealed]).toEqual([1, 0]);
    const mfa_code = await rightCode(booted, 'bob');
    // The keys alone open nothing any more.
    await denied(instances.all[0]!, () => instances.all[0]!.client.login('bob', { mfa_code }));
    await booted.client.token('bob', { mfa_code });
  });

  it('stops when the service does, and goes on where it stopped', async () => {
    const instances = await bootInstances(1, { mfa: { keys: [TEST_KEY] } });
    close = () => instances.close();
    for (const username of ['alice', 'bob', 'dave']) await enrolledByRow(instances.all[0]!, username);
    const booted = await instances.boot({ mfa: { keyProvider: kms.provider } });
    let after: string | undefined;
    const stopped = rotationOf(booted).run({
      batchSize: 1,
      onProgress: ({ cursor }) => {
        after = cursor;
        kms.state = 'down';
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'unavailable' });
    kms.state = 'up';
    expect(await rotationOf(booted).run({ after })).toMatchObject({ rows: 2, resealed: 2, left: 0 });
  });
});
