import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MultiFactorAuth, MultiFactorAuthService } from '../../src/index.js';
import { Cipher } from '../../src/crypto/cipher.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { denied } from '../support/denied.js';
import { codeByLogin } from '../support/enrolled.js';
import { enrolledByRow, rightCode, rowOf, stateOf } from '../support/factor-rows.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';
import { prompted } from '../support/prompted.js';

let booted: BootedApp;

describe.each(LOGIN_NAMES)('a code that comes again, over %s', (name) => {
  let login: LoginRoute;
  beforeEach(async () => {
    booted = await bootApp();
    login = await loginRoute(booted, name);
  });
  afterEach(() => booted.close());

  it('[T3] has confirmed a phone, and signs nobody in', async () => {
    const token = await booted.client.token('alice');
    await requestPhone(booted, token, '14085550199');
    const mfa_code = booted.outbox.lastCode();
    expect((await verifyPhone(booted, token, mfa_code)).status).toBe(200);
    await denied(booted, () => login.send('alice', { mfa_code }));
    await denied(booted, () => booted.client.post('/mfa/step-up/', { token, json: { mfa_code } }));
    expect((await login.send('alice')).body).toEqual(prompted('sms'));
  });

  it('[T3] is as dead behind a new message, which has a code of its own', async () => {
    await enrolledByRow(booted, 'bob');
    const used = await codeByLogin(booted, 'bob');
    expect(login.token(await login.send('bob', { mfa_code: used }))).toBeTypeOf('string');
    const next = await codeByLogin(booted, 'bob');
    await denied(booted, () => login.send('bob', { mfa_code: used }));
    expect(login.token(await login.send('bob', { mfa_code: next }))).toBeTypeOf('string');
  });

  it('[T5] was spent by one user, and is still right for another whose code is the same number', async () => {
    await enrolledByRow(booted, 'bob');
    await enrolledByRow(booted, 'dave');
    await giveTheSecretOf('bob', 'dave');
    const mfa_code = await rightCode(booted, 'bob');
    expect(await rightCode(booted, 'dave')).toBe(mfa_code);
    for (const username of ['bob', 'dave']) {
      expect(login.token(await login.send(username, { mfa_code }))).toBeTypeOf('string');
      await denied(booted, () => login.send(username, { mfa_code }));
    }
  });
});

/** Makes the codes of two users the same, as chance does once in a million times. */
async function giveTheSecretOf(giver: string, taker: string): Promise<void> {
  const state = await stateOf(booted, giver, 'sms');
  const { userId, factors } = await rowOf(booted, taker);
  const [{ id }] = factors as [(typeof factors)[0]];
  const sealedState = await booted.app.get(Cipher, { strict: false }).seal(state, { userId, factorId: id });
  const rows = booted.database.getRepository(MultiFactorAuth);
  await rows.update({ userId }, { factors: factors.map((factor) => ({ ...factor, sealedState })) });
}

await describeOnEach('a code that was taken', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 2);
  });
  afterAll(() => instances.close());

  const enter = ({ client }: BootedApp, mfa_code: string) => client.login('bob', { mfa_code });

  it('[B-01] [B-02] [T3] [T4] is taken no more, wherever and however late it comes again', async () => {
    const [first] = instances.all as [BootedApp];
    await enrolledByRow(first, 'bob');
    const mfa_code = await rightCode(first, 'bob', { drift: 1 });
    expect((await enter(first, mfa_code)).status).toBe(200);
    // The code of the next window: nobody is more patient than its last second, 89 seconds from now.
    for (const seconds of [0, 29, 30, 30]) {
      first.clock.advance(seconds);
      for (const at of instances.all) expect((await denied(at, () => enter(at, mfa_code))).status).toBe(400);
      // So that the next ones are judged as well.
      await first.app.get(MultiFactorAuthService).unlock('2');
    }
  });

  it('[B-02] [T5] ends those of the windows before it, at every instance', async () => {
    const [first, second] = instances.all as [BootedApp, BootedApp];
    await enrolledByRow(first, 'dave');
    const [now, earlier] = [await rightCode(first, 'dave'), await rightCode(first, 'dave', { drift: -1 })];
    expect(await first.client.token('dave', { mfa_code: now })).toBeTypeOf('string');
    for (const { client } of [first, second]) {
      expect((await denied(first, () => client.login('dave', { mfa_code: earlier }))).status).toBe(400);
    }
  });
});
