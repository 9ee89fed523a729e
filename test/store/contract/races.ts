import { beforeAll, expect, it } from 'vitest';
import { secondsAfter } from '../../../src/core/clock.js';
import { MfaError } from '../../../src/index.js';
import { type AttemptBudget, countFailure, lockedSeconds } from '../../../src/limits/attempt-budget.js';
import { type Stores, together } from './open-stores.js';

const AT_ONCE = 30;
const ROUNDS = 5;

const LOCKS: AttemptBudget = {
  kind: 'code',
  count: 'code',
  lockSeconds: [30, 60],
  freeFailures: 5,
  maxFailures: 100,
  burst: 1000,
  refillSeconds: 1,
};
const ROLLING: AttemptBudget = {
  ...LOCKS,
  kind: 'backup',
  count: 'backup',
  lockSeconds: [],
  freeFailures: 100,
  burst: 7,
  refillSeconds: 60,
};

/** Of many at the same moment, over several instances, exactly as many win as may. */
export function isExactInRaces(given: () => Stores): void {
  const count = (results: readonly unknown[]) => results.filter((result) => result !== null).length;
  const rounds = Array.from({ length: ROUNDS }, (_, round) => `racer-${round}`);

  /** A wrong proof: whether it locks, or null if it is not judged. */
  const fail = async ({ users }: Pick<Stores, 'users'>, id: string, budget: AttemptBudget, now: Date) => {
    try {
      const { outcome } = await users.amend(id, (row) => {
        if (lockedSeconds(row!, budget, now) > 0) throw new MfaError('locked');
        const { change, locks } = countFailure(row!, budget, now);
        return { change, outcome: locks };
      });
      return outcome;
    } catch (error) {
      if (error instanceof MfaError && error.code === 'locked') return null;
      throw error;
    }
  };

  beforeAll(async () => {
    for (const id of rounds) await given().users.create(id, {});
  });

  it('[B-06] judges five wrong proofs, and exactly the fifth says that it has locked', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (const id of rounds) {
      const told = await together(stores, AT_ONCE, (at) => fail(at, id, LOCKS, now));
      expect([count(told), told.filter((locks) => locks === true).length]).toEqual([5, 1]);
      const locked = { codeFailures: 5, codeLockedUntil: secondsAfter(now, 30) };
      expect(await stores.users.find(id)).toMatchObject(locked);
      const late = secondsAfter(now, 30);
      expect(await together(stores, AT_ONCE, (at) => fail(at, id, LOCKS, late)).then(count)).toBe(1);
      expect(await stores.users.find(id)).toMatchObject({ codeLockedUntil: secondsAfter(now, 90) });
    }
  });

  it('[B-10] judges no more than the rolling limit has', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (const id of rounds) {
      const judged = (seconds: number) =>
        together(stores, AT_ONCE, (at) => fail(at, id, ROLLING, secondsAfter(now, seconds))).then(count);
      expect(await judged(0)).toBe(7);
      expect(await judged(59.999)).toBe(0);
      expect(await judged(60)).toBe(1);
    }
  });

  it('[E-08] counts changes and wrong proofs at the same moment both', async () => {
    const stores = given();
    const now = stores.clock.now();
    await stores.users.create('both', {});
    const results = await together(stores, 12, (at, index) =>
      index % 2 === 0
        ? at.users
            .amend('both', (row) => ({ change: { authEpoch: row!.authEpoch + 1 }, outcome: true }))
            .then(({ outcome }) => outcome)
        : fail(at, 'both', LOCKS, now),
    );
    expect(count(results.filter((_, index) => index % 2 === 1))).toBe(5);
    expect(await stores.users.find('both')).toMatchObject({ version: 11, authEpoch: 6, codeFailures: 5 });
  });

  it('[O-08] refreshes one refresh token once', async () => {
    const stores = given();
    for (let round = 0; round < ROUNDS; round++) {
      const signIn = { userId: 'r', amr: ['pwd'], authEpoch: 0, factorProven: true };
      const grant = { clientId: 'c', scope: ['read'], refreshable: true };
      const { session } = await stores.sessions.open(signIn, grant);
      const issued = await together(stores, AT_ONCE, ({ tokens }) => tokens.replace(session, ['read']));
      expect(count(issued)).toBe(1);
      // The others lost to another tab of their client, which goes on.
      const won = issued.find((one) => one !== null)!;
      expect(await stores.sessions.find(won.token)).not.toBeNull();
      expect(await stores.tokens.find(won.refreshToken!)).not.toBeNull();
    }
  });
}
