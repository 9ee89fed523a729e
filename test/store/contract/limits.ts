import { expect, it } from 'vitest';
import { secondsAfter } from '../../../src/core/clock.js';
import { MfaRateLimit } from '../../../src/index.js';
import type { RateLimits } from '../../../src/limits/rate-limits.js';
import { takeAtOnce } from '../../../src/limits/quotas-at-once.js';
import { persistently } from '../../../src/store/database-errors.js';
import { type Instance, type Stores, together } from './open-stores.js';

const AT_ONCE = 30;
const ROUNDS = 2;
const ALLOWANCE = { burst: 5, refillSeconds: 60 };
const QUOTA = { most: 5, windowSeconds: 3600 };

/** Limits over all instances: exact, whoever asks at the same moment. */
export function keepsLimits(given: () => Stores): void {
  let made = 0;
  const newId = ({ limits }: Instance) => limits.id('test', String(made++));
  const isRemembered = async (limits: Instance['limits'], id: string, now: Date) => {
    const row = (await limits.find([id])).get(id);
    return row !== undefined && row.expiresAt > now;
  };
  const taken = (waits: readonly number[]) => waits.filter((wait) => wait === 0).length;
  const rowsOf = ({ source }: Instance) => source.getRepository(MfaRateLimit);

  it('[C-06] gives as many as the narrowest of several quotas has, though those that are refused may use up another one', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (let round = 0; round < 3 * ROUNDS; round++) {
      const quotas = [QUOTA, { most: 10, windowSeconds: 86_400 }].map((limit) => ({ id: newId(stores), limit }));
      const [narrow, wide] = quotas.map(({ id }) => id) as [string, string];
      // Once the rows are missing, once both are there, once one of them.
      const before = [[], [narrow, wide], [wide]][round % 3]!;
      for (const id of before) await stores.limits.remember(id, secondsAfter(now, 3600));
      const seen = await stores.limits.find([narrow, wide]);
      const refusals = await together(stores, AT_ONCE, ({ limits }) => takeAtOnce(limits, quotas, seen, now));
      const passed = refusals.filter((refusal) => refusal === null).length;
      const rows = await stores.limits.find([narrow, wide]);
      expect(passed + Number(before.includes(narrow))).toBe(5);
      expect(rows.get(narrow)!.taken).toBe(5);
      expect(rows.get(wide)!.taken).toBeLessThanOrEqual(10);
      expect(rows.get(wide)!.taken - Number(before.includes(wide))).toBeGreaterThanOrEqual(passed);
    }
  });

  it('[C-06] gives back nothing that another message has taken', async () => {
    const { limits, ...stores } = given();
    const now = stores.clock.now();
    const quotas = [1, 2].map(() => ({ id: newId({ limits, ...stores }), limit: QUOTA }));
    const [first, second] = quotas.map(({ id }) => id) as [string, string];
    for (const taking of quotas) for (let times = 0; times < 4; times++) await limits.take({ ...taking, now });
    const seen = await limits.find([first, second]);
    await limits.take({ ...quotas[0]!, now });
    // The first was full for the statement. Before it is read again, a gateway refuses one of its messages.
    const meanwhile: RateLimits = Object.assign(Object.create(limits) as RateLimits, {
      find: async (ids: readonly string[]) => {
        await limits.giveBack(first);
        return limits.find(ids);
      },
    });
    expect(await takeAtOnce(meanwhile, quotas, seen, now)).toMatchObject({ id: second });
    expect((await limits.find([first])).get(first)!.taken).toBe(4);
  });

  it('[B-19] confirms any number at once and takes none, but confirms none where none is left', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (let round = 0; round < ROUNDS; round++) {
      const id = newId(stores);
      const act = (count: number, what: 'take' | 'confirm') =>
        together(stores, count, ({ limits }) => limits[what]({ id, limit: ALLOWANCE, now }));
      expect(taken(await act(AT_ONCE, 'confirm'))).toBe(AT_ONCE);
      expect(taken(await act(4, 'take'))).toBe(4);
      expect(taken(await act(AT_ONCE, 'confirm'))).toBe(AT_ONCE);
      expect(taken(await act(AT_ONCE, 'take'))).toBe(1);
      expect([...new Set(await act(AT_ONCE, 'confirm'))]).toEqual([60]);
    }
  });

  it('[B-19] confirms more than a thousand times, and nothing overflows', async () => {
    const stores = given();
    const [id, now] = [newId(stores), stores.clock.now()];
    await stores.limits.confirm({ id, limit: ALLOWANCE, now });
    await rowsOf(stores).update({ id }, { taken: 999 });
    expect(await stores.limits.confirm({ id, limit: ALLOWANCE, now })).toBe(0);
    expect((await rowsOf(stores).findOneByOrFail({ id })).taken).toBeLessThan(1000);
    expect(await stores.limits.take({ id, limit: ALLOWANCE, now })).toBe(0);
  });

  it('[B-19] starts anew where a row was removed, also between two that take at the same moment', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (let round = 0; round < ROUNDS; round++) {
      const id = newId(stores);
      for (let index = 0; index < 5; index++) expect(await stores.limits.take({ id, limit: QUOTA, now })).toBe(0);
      const waits = await together(stores, AT_ONCE, async (at, index) => {
        if (index === 10) await persistently(() => rowsOf(at).delete({ id }));
        return at.limits.take({ id, limit: QUOTA, now });
      });
      // Nobody fails; whoever comes before the removal waits, and no more than five come after it.
      expect(taken(waits)).toBeGreaterThanOrEqual(1);
      expect(taken(waits)).toBeLessThanOrEqual(5);
    }
  });

  it('finds what is in use, to the millisecond, and drops what was only confirmed', async () => {
    const stores = given();
    const now = stores.clock.now();
    const [used, confirmed, unknown] = [newId(stores), newId(stores), newId(stores)];
    await stores.limits.take({ id: used, limit: ALLOWANCE, now: secondsAfter(now, 0.123) });
    await stores.limits.confirm({ id: confirmed, limit: ALLOWANCE, now });
    for (const { limits } of stores.all) {
      const found = await limits.find([used, confirmed, unknown]);
      expect(new Set(found.keys())).toEqual(new Set([used, confirmed]));
      expect(found.get(used)).toMatchObject({ taken: 1, expiresAt: secondsAfter(now, 60.123) });
      expect(await isRemembered(limits, used, secondsAfter(now, 60.122))).toBe(true);
      expect(await isRemembered(limits, used, secondsAfter(now, 60.123))).toBe(false);
    }
    await stores.limits.dropUnused([used, confirmed, unknown]);
    expect([...(await stores.limits.find([used, confirmed])).keys()]).toEqual([used]);
    expect((await stores.limits.find([])).size).toBe(0);
  });

  it('remembers until a moment, whoever comes first, and longer when it is told again', async () => {
    const stores = given();
    const now = stores.clock.now();
    for (let round = 0; round < ROUNDS; round++) {
      const id = newId(stores);
      const until = (days: number) => secondsAfter(now, days * 86_400);
      await together(stores, AT_ONCE, ({ limits }) => limits.remember(id, until(90)));
      expect((await stores.limits.find([id])).get(id)!.expiresAt).toEqual(until(90));
      await stores.limits.remember(id, until(120));
      expect(await isRemembered(stores.limits, id, until(119))).toBe(true);
      expect(await isRemembered(stores.limits, id, until(120))).toBe(false);
    }
  });

  it('[X-01] names a limit by what only the keys can make, and each by itself', () => {
    const { limits, all } = given();
    const names = [['a', 'b'], ['ab'], ['a', 'b', ''], ['a,b'], ['a"', '"b'], ['A', 'b'], ['']];
    const ids = names.map((parts) => limits.id(...parts));
    expect(new Set(ids).size).toBe(names.length);
    expect(ids.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
    for (const at of all) expect(names.map((parts) => at.limits.id(...parts))).toEqual(ids);
  });
}
