import assert from 'node:assert/strict';
import type { RateLimit } from '../limits/rate-limit.js';
import { isUniqueViolation } from '../store/database-errors.js';
import { AT_ONCE, ROUNDS, type StoreStage } from './store-stage.js';

/** What a store must keep of the limits that all instances share. */
export const LIMIT_RULES: Record<string, (stage: StoreStage) => Promise<void>> = {
  'gives five of an allowance at once, none before the time of one more, and one then': async (stage) => {
    const outcomes = { 0: [5, 60], 59: [0, 1], 59.999: [0, 1], 60: [1, 60], 360: [5, 60] };
    await takesAsMuch(stage, { burst: 5, refillSeconds: 60 }, outcomes);
  },

  'gives five of a quota at once, none before the end of its window, and five in the next': async (stage) => {
    // A window begins with the first that is taken in it.
    const first = { 0: [5, 3600], 3599.999: [0, 1] };
    const second = { 5000: [5, 3600], 7200: [0, 1400], 8599.999: [0, 1], 8600: [5, 3600] };
    await takesAsMuch(stage, { most: 5, windowSeconds: 3600 }, { ...first, ...second });
  },

  'tells the second insert of a row from other failures': async (stage) => {
    const row = { id: stage.newLimit(), taken: 1, expiresAt: stage.now };
    await stage.together(1, ({ limitRows }) => limitRows.insert(row));
    await stage.together(3, ({ limitRows }) => assert.rejects(limitRows.insert(row), isUniqueViolation));
  },
};

/** Checks how many of many requests take one at each second, and how many seconds the others must wait. */
async function takesAsMuch(stage: StoreStage, limit: RateLimit, outcomes: Record<number, number[]>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const id = stage.newLimit();
    const seconds = Object.keys(outcomes).map(Number);
    for (const at of seconds.toSorted((one, other) => one - other)) {
      const now = new Date(stage.now.getTime() + at * 1000);
      const waits = await stage.together(AT_ONCE, ({ limits }) => limits.take({ id, limit, now }));
      const outcome = [waits.filter((wait) => wait === 0).length, Math.max(...waits)];
      assert.deepEqual(outcome, outcomes[at], `After ${at} seconds, the limit gave another number.`);
    }
  }
}
