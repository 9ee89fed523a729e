import { expect, it } from 'vitest';
import { secondsAfter } from '../../../src/core/clock.js';
import type { Budget } from '../../../src/store/budget.js';
import { type Stores, together } from './open-stores.js';

const AT_ONCE = 30;
const ROUNDS = 5;

const LOCKS: Budget = {
  kind: 'code',
  lockSeconds: [30, 60],
  freeFailures: 5,
  maxFailures: 100,
  burst: 1000,
  refillSeconds: 1,
};
const ROLLING: Budget = { ...LOCKS, kind: 'backup', lockSeconds: [], freeFailures: 100, burst: 7, refillSeconds: 60 };

/** Of many at the same moment, over several instances, exactly as many win as may. */
export function isExactInRaces(given: () => Stores): void {
  const count = (results: readonly boolean[]) => results.filter(Boolean).length;
  const rounds = Array.from({ length: ROUNDS }, (_, round) => `racer-${round}`);
  const spend = async ({ users }: Pick<Stores, 'users'>, id: string, budget: Budget, now: Date) =>
    (await users.spendAttempt(id, budget, { now, locks: false })) ||
    (await users.spendAttempt(id, budget, { now, locks: true }));

  it('[C-02] makes one row, whoever comes first', async () => {
    const stores = given();
    for (const id of rounds) {
      const made = await together(stores, AT_ONCE, ({ users }, index) =>
        users.create(id, { authEpoch: index }, stores.clock.now()),
      );
      expect(count(made)).toBe(1);
      expect(await stores.users.find(id)).toMatchObject({ authEpoch: made.indexOf(true) });
    }
  });

  it('[B-27] [K-02] makes one change of all that rest on the same version', async () => {
    const stores = given();
    for (const id of rounds) {
      const seen = (await stores.users.find(id))!;
      const made = await together(stores, AT_ONCE, ({ users }, index) =>
        users.change(seen, { phoneNumber: String(index) }, stores.clock.now()),
      );
      expect(count(made)).toBe(1);
      expect(await stores.users.find(id)).toMatchObject({ version: 1, phoneNumber: String(made.indexOf(true)) });
    }
  });

  it('[B-06] spends five attempts, and the fifth locks', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (const id of rounds) {
      expect(count(await together(stores, AT_ONCE, (at) => spend(at, id, LOCKS, now)))).toBe(5);
      const locked = { codeFailures: 5, codeLockedUntil: secondsAfter(now, 30) };
      expect(await stores.users.find(id)).toMatchObject(locked);
      const late = secondsAfter(now, 30);
      expect(count(await together(stores, AT_ONCE, (at) => spend(at, id, LOCKS, late)))).toBe(1);
      expect(await stores.users.find(id)).toMatchObject({ codeLockedUntil: secondsAfter(now, 90) });
    }
  });

  it('tells exactly one of them that it has locked', async () => {
    const stores = given();
    const late = secondsAfter(stores.clock.now(), 90);
    for (const id of rounds) {
      const won = await together(stores, AT_ONCE, ({ users }) =>
        users.spendAttempt(id, LOCKS, { now: late, locks: true }),
      );
      expect(count(won)).toBe(1);
    }
  });

  it('[B-10] spends no more than the rolling limit has', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (const id of rounds) {
      expect(count(await together(stores, AT_ONCE, (at) => spend(at, id, ROLLING, now)))).toBe(7);
      const wins = (seconds: number) =>
        together(stores, AT_ONCE, (at) => spend(at, id, ROLLING, secondsAfter(now, seconds)));
      expect(count(await wins(59.999))).toBe(0);
      expect(count(await wins(60))).toBe(1);
    }
  });

  it('gives attempts back one by one, and never more than were taken', async () => {
    const stores = given();
    const now = stores.clock.now();
    await stores.users.create('returner', {}, now);
    for (let tries = 0; tries < 4; tries++) expect(await spend(stores, 'returner', LOCKS, now)).toBe(true);
    await together(stores, 3, ({ users }) => users.returnAttempt('returner', LOCKS));
    expect(await stores.users.find('returner')).toMatchObject({ codeFailures: 1 });
    await together(stores, AT_ONCE, ({ users }) => users.returnAttempt('returner', LOCKS));
    expect(await stores.users.find('returner')).toMatchObject({ codeFailures: 0 });
  });

  it('[E-08] counts changes and attempts at the same moment both', async () => {
    const stores = given();
    const now = stores.clock.now();
    await stores.users.create('both', {}, now);
    const seen = (await stores.users.find('both'))!;
    const results = await together(stores, AT_ONCE, (at, index) =>
      index % 2 === 0 ? at.users.change(seen, {}, now) : spend(at, 'both', LOCKS, now),
    );
    expect(count(results.filter((_, index) => index % 2 === 0))).toBe(1);
    expect(count(results.filter((_, index) => index % 2 === 1))).toBe(5);
    expect(await stores.users.find('both')).toMatchObject({ version: 1, codeFailures: 5 });
  });

  it('[O-08] refreshes one refresh token once', async () => {
    const stores = given();
    for (let round = 0; round < ROUNDS; round++) {
      const signIn = { userId: 'r', amr: ['pwd'], authEpoch: 0, factorProven: true };
      const grant = { clientId: 'c', scope: ['read'], refreshable: true };
      const { session, refreshToken } = await stores.sessions.open(signIn, grant);
      const issued = await together(stores, AT_ONCE, ({ sessions }) =>
        sessions.refresh(session, refreshToken!, ['read']),
      );
      expect(count(issued.map((one) => one !== null))).toBe(1);
      // The second use is a theft: the family is dead, the winner's new tokens with it.
      const won = issued.find((one) => one !== null)!;
      expect(await stores.sessions.find(won.token)).toBeNull();
      expect(await stores.sessions.findRefreshable(won.refreshToken!)).toBeNull();
    }
  });
}
