import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../core/clock.js';
import { MultiFactorAuth } from './multi-factor-auth.entity.js';
import type { Budget } from './budget.js';
import { MultiFactorAuthStore } from './multi-factor-auth.store.js';
import { Rows } from './rows.js';

const START = new Date('2026-03-01T12:00:00Z');
const LADDER = [30, 60, 120, 240, 480, 900, 1800, 3600, 3600];
const LOCKS: Budget = {
  kind: 'code',
  lockSeconds: LADDER.slice(0, -1),
  freeFailures: 5,
  maxFailures: 100,
  burst: 1000,
  refillSeconds: 1,
};
const ROLLING: Budget = { ...LOCKS, kind: 'backup', lockSeconds: [], freeFailures: 100, burst: 3, refillSeconds: 60 };

describe('MultiFactorAuthStore', () => {
  let database: DataSource;
  let store: MultiFactorAuthStore;
  let now: Date;
  beforeEach(async () => {
    now = START;
    database = new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [MultiFactorAuth],
      synchronize: true,
    });
    await database.initialize();
    store = new MultiFactorAuthStore(new Rows(database.getRepository(MultiFactorAuth)));
    await store.create('1', {}, now);
  });
  afterEach(() => database.destroy());

  const later = (seconds: number) => (now = secondsAfter(now, seconds));
  const spend = async (budget: Budget): Promise<boolean> =>
    (await store.spendAttempt('1', budget, { now, locks: false })) ||
    (await store.spendAttempt('1', budget, { now, locks: true }));
  const spent = async (budget: Budget, times: number): Promise<number> => {
    let count = 0;
    for (let tries = 0; tries < times; tries++) if (await spend(budget)) count++;
    return count;
  };

  describe('spendAttempt', () => {
    it('locks with the fifth attempt in a row, and for longer with each one after it', async () => {
      expect(await spent(LOCKS, 10)).toBe(5);
      for (const seconds of LADDER) {
        later(seconds - 0.001);
        expect([seconds, await spend(LOCKS)]).toEqual([seconds, false]);
        later(0.001);
        expect([seconds, await spent(LOCKS, 2)]).toEqual([seconds, 1]);
      }
    });

    it('tells the attempt that locks from those before it', async () => {
      const spendBy = (locks: boolean) => store.spendAttempt('1', LOCKS, { now, locks });
      expect(await spendBy(true)).toBe(false);
      for (let tries = 0; tries < 4; tries++) expect(await spendBy(false)).toBe(true);
      expect(await spendBy(false)).toBe(false);
      expect(await spendBy(true)).toBe(true);
    });

    it('gives no attempt at the cap, however long one waits', async () => {
      const budget = { ...LOCKS, lockSeconds: [], freeFailures: 10, maxFailures: 10 };
      expect(await spent(budget, 20)).toBe(10);
      later(365 * 86_400);
      expect(await spend(budget)).toBe(false);
    });

    it('gives a burst at once, then one for each refill, and never more than a burst after a rest', async () => {
      expect(await spent(ROLLING, 10)).toBe(3);
      later(59.999);
      expect(await spent(ROLLING, 5)).toBe(0);
      later(0.001);
      expect(await spent(ROLLING, 5)).toBe(1);
      later(120);
      expect(await spent(ROLLING, 5)).toBe(2);
      later(86_400);
      expect(await spent(ROLLING, 5)).toBe(3);
    });

    it('is exact for any number of attempts at the same moment', async () => {
      const taken = await Promise.all(Array.from({ length: 30 }, () => spend(LOCKS)));
      expect(taken.filter(Boolean)).toHaveLength(5);
    });

    it('counts each kind of proof, and each user, alone', async () => {
      await store.create('2', {}, now);
      expect([await spent(LOCKS, 9), await spent(ROLLING, 9)]).toEqual([5, 3]);
      expect(await store.find('2')).toMatchObject({ codeFailures: 0, backupFailures: 0 });
      expect(await store.spendAttempt('3', LOCKS, { now, locks: false })).toBe(false);
    });
  });

  describe('returnAttempt', () => {
    it('opens the lock that the attempt brought about, and leaves the others counted', async () => {
      await spent(LOCKS, 5);
      await store.returnAttempt('1', LOCKS);
      expect(await store.find('1')).toMatchObject({ codeFailures: 4, codeLockedUntil: new Date(0) });
      expect(await spent(LOCKS, 5)).toBe(1);
    });

    it('gives one attempt back to the rolling limit', async () => {
      await spent(ROLLING, 3);
      await store.returnAttempt('1', ROLLING);
      expect(await spent(ROLLING, 5)).toBe(1);
    });

    it('makes no count negative', async () => {
      await store.returnAttempt('1', LOCKS);
      expect(await store.find('1')).toMatchObject({ codeFailures: 0 });
    });
  });

  describe('change', () => {
    it('is made only over the version that was seen', async () => {
      const seen = (await store.find('1'))!;
      const done = await Promise.all([
        store.change(seen, { challengeType: 'sms' }, now),
        store.change(seen, { challengeType: 'totp' }, now),
      ]);
      expect(done).toEqual([true, false]);
      expect(await store.find('1')).toMatchObject({ challengeType: 'sms', version: 1, enabled: true });
    });

    it('settles a proven budget: the locks end, and of the rolling limit one attempt comes back', async () => {
      await spent(ROLLING, 3);
      await spent(LOCKS, 4);
      expect(await store.change((await store.find('1'))!, {}, now, ROLLING)).toBe(true);
      expect(await store.find('1')).toMatchObject({ codeFailures: 0, backupFailures: 0 });
      expect(await spent(ROLLING, 5)).toBe(1);
    });

    it('keeps dates and lists as they were given', async () => {
      const factor = { id: 'f', type: 'sms', hint: 'x', sealedState: 's', createdAt: START, confirmedAt: START };
      await store.change((await store.find('1'))!, { factors: [factor], codeArrival: START }, later(5));
      expect(await store.find('1')).toMatchObject({ factors: [factor], codeArrival: START, updatedAt: now });
    });
  });

  it('makes one row for each user, whoever comes first', async () => {
    const made = await Promise.all([
      store.create('2', { authEpoch: 1 }, now),
      store.create('2', { authEpoch: 2 }, now),
    ]);
    expect(made).toEqual([true, false]);
    expect(await store.find('2')).toMatchObject({ authEpoch: 1, version: 0 });
    expect(await store.find('')).toBeNull();
  });
});
