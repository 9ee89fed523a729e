import { afterEach, describe, expect, it } from 'vitest';
import { Login, type LoginOutcome, MultiFactorAuth, SmsChallenge } from '../../src/index.js';
import { FactorStates } from '../../src/store/factor-states.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { eventLog } from '../support/event-log.js';
import { rowOf } from '../support/factor-rows.js';
import { TestUsersModule } from '../support/test-users.js';
import { BadgeChallenge, type BadgeState, signed } from './badge-challenge.js';
import { PushChallenge, Pushes, PushesModule } from './push-challenge.js';

const SECRETS = { B0001: 'a secret of some length, one', B0002: 'a secret of some length, two' };

const { listener, count, events } = eventLog();
let booted: BootedApp;
afterEach(async () => {
  events.length = 0;
  await booted.close();
});

const mfa = {
  imports: [TestUsersModule, PushesModule],
  challenges: [SmsChallenge, BadgeChallenge, PushChallenge],
  events: listener,
};

describe('a challenge with a JSON proof, a phase, and several factors for a user', () => {
  /** MFA on over two badges. */
  async function bootWithBadges(): Promise<void> {
    booted = await bootApp({ mfa });
    const token = await booted.client.token('bob');
    const json = { badge: 'B0001', secret: SECRETS.B0001 };
    await booted.client.put('/mfa/badge/request/', { token, json });
    const { app, clock, database, users } = booted;
    const userId = String(users.named('bob').id);
    const states = app.get(FactorStates, { strict: false });
    const factors = await Promise.all(
      Object.entries(SECRETS).map(([badge, secret]) => {
        const state: BadgeState = { badge, secret, uses: 0 };
        return states.make(userId, {
          type: 'badge',
          hint: badge,
          state,
          createdAt: clock.now(),
          confirmedAt: clock.now(),
        });
      }),
    );
    await database.getRepository(MultiFactorAuth).update({ userId }, { challengeType: 'badge', factors });
  }

  const decisions = (): Login => booted.app.get(Login, { strict: false });
  const caller = { address: '192.0.2.1' };

  /** Goes on with a login that has begun. */
  async function login(mfaToken: string, proof: unknown): Promise<LoginOutcome> {
    return decisions().decide(await decisions().resume(mfaToken, caller), { mfaCode: proof });
  }

  async function begun(): Promise<{ show: { nonce: string; badges: string[] }; mfaToken: string }> {
    const outcome = await decisions().decide(decisions().identified(booted.users.named('bob'), caller.address));
    if (outcome.kind !== 'challenged') throw new Error('The login was granted without a badge.');
    expect(outcome.methods).toEqual([{ id: 'badge', type: 'badge', input: 'badge', default: true }]);
    return { show: outcome.challenge!.options as never, mfaToken: outcome.mfaToken };
  }

  const proofOf = (badge: keyof typeof SECRETS, nonce: string, uses: number) => ({
    badge,
    uses,
    signature: signed({ secret: SECRETS[badge] }, nonce, uses),
  });

  it('shows what is enrolled, and takes a proof of any of them that was made in this ceremony', async () => {
    await bootWithBadges();
    const { show, mfaToken } = await begun();
    expect(show.badges).toEqual(['B0001', 'B0002']);
    expect(Buffer.from(mfaToken.split('.').at(-1)!, 'base64url').toString()).not.toContain(show.nonce);
    const outcome = await login(mfaToken, proofOf('B0002', show.nonce, 1));
    expect(outcome).toMatchObject({ kind: 'granted', signIn: { amr: ['pwd', 'hwk', 'mfa'], factorProven: true } });
    const used = (await rowOf(booted, 'bob')).factors.map(({ hint, lastUsedAt }) => [hint, lastUsedAt !== undefined]);
    expect(used).toEqual([
      ['B0001', false],
      ['B0002', true],
    ]);
  });

  it('takes no proof twice, none of another ceremony, none of an unknown badge, and counts each as wrong', async () => {
    await bootWithBadges();
    const first = await begun();
    const proof = proofOf('B0001', first.show.nonce, 1);
    expect((await login(first.mfaToken, proof)).kind).toBe('granted');
    await expect(login(first.mfaToken, proof)).rejects.toMatchObject({ code: 'invalid_mfa_token' });
    booted.clock.advance(11);
    const other = await begun();
    for (const wrong of [
      proof,
      proofOf('B0001', first.show.nonce, 2),
      { ...proofOf('B0001', other.show.nonce, 2), badge: 'B0009' },
    ]) {
      await expect(login(other.mfaToken, wrong)).rejects.toMatchObject({ code: 'invalid_mfa_code' });
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ knownCodeFailures: 3 });
  });

  it('takes no attempt for what cannot be a proof', async () => {
    await bootWithBadges();
    const { mfaToken } = await begun();
    for (const proof of ['123456', null, 7, [], {}, { badge: 'B0001', uses: '1', signature: 'x' }]) {
      await expect(login(mfaToken, proof)).rejects.toMatchObject({ code: 'invalid_mfa_code' });
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0 });
  });

  it('is enrolled through HTTP by a Standard Schema, and its phase waits sealed in the row', async () => {
    booted = await bootApp({ mfa });
    const token = await booted.client.token('bob');
    const request = (json: object) => booted.client.put('/mfa/badge/request/', { token, json });
    for (const badge of ['x', 42, null, undefined, ['B0001'], { $ne: 1 }]) {
      const { status, body } = await request({ badge, secret: SECRETS.B0001 });
      expect([status, body['code'], Array.isArray(body['message'])]).toEqual([400, 'invalid_request', true]);
    }
    const { status, body } = await request({ badge: 'B0001', secret: SECRETS.B0001 });
    const { show } = body as { show?: { nonce: string; badges: string[] } };
    expect([status, show?.badges, body['enabled']]).toEqual([200, ['B0001'], false]);
    const [pending] = (await rowOf(booted, 'bob')).pendingFactors;
    expect(JSON.stringify(pending)).not.toContain(show!.nonce);
    const states = booted.app.get(FactorStates, { strict: false });
    expect(await states.openPhase((await rowOf(booted, 'bob')).userId, pending!)).toBe(show!.nonce);
  });
});

describe('a challenge that waits for its user', () => {
  /** MFA on over a device that answers at the third question. */
  async function bootWithDevice(): Promise<Pushes> {
    booted = await bootApp({ mfa });
    const token = await booted.client.token('bob');
    await booted.client.put('/mfa/push/request/', { token, json: { device: 'D1' } });
    const verify = () => booted.client.put('/mfa/push/verify/', { token, json: { mfa_code: 'answered?' } });
    expect((await verify()).body).toMatchObject({ enabled: false });
    expect((await verify()).body).toMatchObject({ enabled: false });
    expect((await verify()).body).toMatchObject({ enabled: true, challenge_type: 'push' });
    booted.clock.advance(60);
    const pushes = booted.app.get(Pushes, { strict: false });
    Object.assign(pushes, { sent: [], asked: 0 });
    return pushes;
  }

  const ask = () => booted.client.login('bob', { mfa_code: 'answered?' });
  const WAITING: object = expect.objectContaining({ mfa_required: true, mfa_type: 'push' });

  it('is asked again until there is an answer, which costs nothing', async () => {
    const pushes = await bootWithDevice();
    expect((await booted.client.login('bob')).body).toEqual(WAITING);
    expect(pushes.sent).toEqual(['D1']);
    expect((await ask()).body).toEqual(WAITING);
    expect((await ask()).body).toEqual(WAITING);
    expect((await ask()).body['token']).toBeTypeOf('string');
    expect(pushes.sent).toEqual(['D1']);
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0 });
  });

  it('counts an answer that is no', async () => {
    const pushes = await bootWithDevice();
    pushes.isDenied = true;
    await ask();
    await ask();
    const { status, body } = await ask();
    expect([status, body['code']]).toEqual([400, 'invalid_mfa_code']);
    expect(await rowOf(booted, 'bob')).toMatchObject({ knownCodeFailures: 1 });
    expect(count('proof_refused', String(booted.users.named('bob').id))).toBe(1);
  });

  it('steps up the same way', async () => {
    const pushes = await bootWithDevice();
    for (let asked = 0; asked < 2; asked++) await ask();
    const token = String((await ask()).body['token']);
    pushes.asked = 0;
    const stepUp = () => booted.client.post('/mfa/step-up/', { token, json: { mfa_code: 'answered?' } });
    expect([(await stepUp()).body, (await stepUp()).body, (await stepUp()).body]).toEqual([
      WAITING,
      WAITING,
      { mfa_required: false },
    ]);
  });
});
