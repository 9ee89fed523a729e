import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { checkEntity, type MultiFactorAuthEntity } from '../store/tables.js';
import { type ContractRunner, runnerOf } from './contract-runner.js';
import { LIMIT_RULES } from './limit-rules.js';
import { longRow, timesFrom } from './stored-values.js';
import { AT_ONCE, ROUNDS, type StoreInstance, StoreStage } from './store-stage.js';

/** Your entity, and data sources over one database that has the module's tables. */
export interface StoreContract extends ContractRunner {
  /** The module's `entity`. */
  entity: MultiFactorAuthEntity;
  /** Returns connected data sources. Several stand for the instances of your application. */
  sources: () => readonly DataSource[] | Promise<readonly DataSource[]>;
  /** Adds a user and returns the id. Default: a random UUID, for an entity without a relation to your users. */
  newUserId?: () => string | Promise<string>;
}

/**
 * Tests that your entity and your data source keep what the module relies on. Of concurrent writes exactly one counts,
 * no limit gives more than it has, and values come back as they were given. It removes the rows that it makes. Works in
 * vitest and Jest.
 * @example
 * ```ts
 * describeStoreContract('MultiFactorAuth', { entity: MultiFactorAuth, sources: () => [dataSource] });
 * ```
 */
export function describeStoreContract(name: string, contract: StoreContract): void {
  const { describe, it } = runnerOf('describeStoreContract', contract);
  checkEntity(contract.entity);
  describe(`the contract of a store: ${name}`, () => {
    for (const [rule, test] of Object.entries({ ...USER_RULES, ...LIMIT_RULES }))
      it(rule, async () => {
        const stage = await StoreStage.of(contract);
        try {
          await test(stage);
        } finally {
          await stage.clear();
        }
      });
  });
}

const USER_RULES: Record<string, (stage: StoreStage) => Promise<void>> = {
  'returns each user id as it was given, and no row for another spelling': async (stage) => {
    const ids = [await stage.newUser(), await stage.newUser(), await stage.newUser()];
    for (const [authEpoch, id] of ids.entries()) await stage.users.create(id, { authEpoch });
    for (const [authEpoch, id] of ids.entries()) {
      const row = await stage.find(id);
      assert.deepEqual({ id: row.userId, authEpoch: row.authEpoch }, { id, authEpoch });
      for (const spelling of [id.toUpperCase(), id.toLowerCase()])
        if (spelling !== id) assert.equal(await stage.users.find(spelling), null, `It finds ${id} by ${spelling}.`);
    }
  },

  'makes one row for a user, however many requests make it': async (stage) => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = await stage.newUser();
      await isDoneOnce(stage, id, ({ users }, authEpoch) => users.create(id, { authEpoch }));
    }
  },

  'makes one change of all that rest on the same version': async (stage) => {
    const { userId } = await stage.newRow();
    for (let round = 0; round < ROUNDS; round++) {
      const seen = await stage.find(userId);
      await isDoneOnce(stage, userId, ({ users }, authEpoch) => users.change(seen, { authEpoch }));
    }
  },

  'loses no change of those made at the same moment': async (stage) => {
    const { userId } = await stage.newRow();
    const raised = ({ authEpoch }: { authEpoch: number }) => ({ change: { authEpoch: authEpoch + 1 }, outcome: true });
    await stage.together(10, ({ users }) => users.amend(userId, (row) => raised(row!)));
    const { authEpoch, version } = await stage.find(userId);
    assert.deepEqual({ authEpoch, version }, { authEpoch: 10, version: 10 });
  },

  'says of each write whether it has found its row': async (stage) => {
    const seen = await stage.newRow();
    assert.ok(await stage.users.change(seen, { authEpoch: 1 }), 'A change of the row counted as none.');
    assert.equal(await stage.users.change(seen, { authEpoch: 2 }), null, 'A change of an old version counted.');
    assert.equal((await stage.find(seen.userId)).authEpoch, 1, 'A change of an old version was made.');
    assert.equal(await stage.users.remove(seen.userId, seen.version), false, 'Removing an old version counted.');
    assert.equal(await stage.users.remove(seen.userId), true, 'Removing the row counted as nothing.');
    assert.equal(await stage.users.remove(seen.userId), false, 'Removing no row counted.');
  },

  'returns times to the millisecond': async (stage) => {
    for (const times of timesFrom(stage.now)) {
      const [made, changed] = [await stage.newRow(times), await stage.newRow()];
      await stage.users.change(changed, times);
      for (const { userId } of [made, changed]) {
        const row = await stage.find(userId);
        assert.deepEqual({ ...row, ...times }, { ...row }, 'A time comes back as another one.');
        assert.deepEqual([row.createdAt, row.updatedAt], [stage.now, stage.now]);
      }
    }
  },

  'returns texts, lists and numbers as they were given, also long ones in any language': async (stage) => {
    const given = longRow(stage.now);
    const [made, changed] = [await stage.newRow(given), await stage.newRow()];
    await stage.users.change(changed, given);
    for (const { userId } of [made, changed]) {
      const row = await stage.find(userId);
      assert.deepEqual({ ...row, ...given }, { ...row }, 'A value comes back as another one.');
    }
  },
};

/** Checks that one of many requests writes the row of a user, and that the row is what it was told. */
async function isDoneOnce(
  stage: StoreStage,
  userId: string,
  write: (at: StoreInstance, index: number) => Promise<AbstractMultiFactorAuth | null>,
): Promise<void> {
  const written = (await stage.together(AT_ONCE, write)).filter((row) => row !== null);
  assert.equal(written.length, 1, `${written.length} of ${AT_ONCE} requests wrote the row.`);
  assert.deepEqual({ ...(await stage.find(userId)) }, { ...written[0] }, 'The row is not what was written.');
}
