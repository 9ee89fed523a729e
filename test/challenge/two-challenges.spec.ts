import { afterEach, describe, expect, it } from 'vitest';
import { ChallengeRegistry } from '../../src/challenge/challenge-registry.js';
import { Cipher } from '../../src/crypto/cipher.js';
import { codeFor, generateKey, MultiFactorAuth, SmsChallenge } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { PagerChallenge } from '../support/pager-challenge.js';
import { Pagers, PagersModule } from '../support/pagers.js';
import { TestUsersModule } from '../support/test-users.js';
import { prompted } from '../support/prompted.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('an application with two challenges', () => {
  const mfa = { imports: [TestUsersModule, PagersModule], challenges: [SmsChallenge, PagerChallenge] };

  /** Puts a confirmed pager beside the phone in a user's row, and gives the code that it would show for a login. */
  async function givePager(username: string): Promise<string> {
    const { app, clock, database } = booted;
    const { userId, factors } = await rowOf(booted, username);
    const [id, state] = ['pager-of-bob', { ...generateKey(), pager: 'P0042' }];
    const sealedState = await app.get(Cipher, { strict: false }).seal(state, { userId, factorId: id });
    const pager = { id, type: 'pager', hint: 'P0042', sealedState, createdAt: clock.now(), confirmedAt: clock.now() };
    await database.getRepository(MultiFactorAuth).update({ userId }, { factors: [pager, ...factors] });
    const user = { id: userId, name: userId };
    return codeFor(state, 'P0042', app.get(ChallengeRegistry, { strict: false }).moment('pager', user, 'login'));
  }

  it.each(LOGIN_NAMES)(
    '[T14] asks at %s for the one that login is set to, and takes no code of the other',
    async (name) => {
      booted = await bootApp({ mfa });
      const login = await loginRoute(booted, name);
      await enrolledByRow(booted, 'bob');
      const ofPager = await givePager('bob');
      for (const field of ['mfa_type', 'challenge_type', 'type', 'method']) {
        expect((await login.send('bob', { [field]: 'pager' })).body).toEqual(prompted('sms'));
        const refused = await denied(booted, () => login.send('bob', { [field]: 'pager', mfa_code: ofPager }));
        expect(refused.status).toBe(400);
      }
      expect(booted.app.get(Pagers, { strict: false }).pages).toEqual([]);
      expect(login.token(await login.send('bob', { mfa_code: booted.outbox.lastCode() }))).toBeTypeOf('string');
    },
  );

  it('[T14] knows no third one, and without the pager no pager', async () => {
    booted = await bootApp();
    const token = await booted.client.token('bob');
    for (const type of ['pager', 'totp', 'email', 'backup', '__proto__', 'constructor']) {
      const request = () => booted.client.put(`/mfa/${type}/request/`, { token, json: { pager_id: 'P0042' } });
      expect([type, (await denied(booted, request)).status]).toEqual([type, 404]);
    }
  });
});
