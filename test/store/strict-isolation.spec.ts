import { expect, it } from 'vitest';
import { type DatabaseKind, describeOnEach } from '../support/databases.js';
import { describeStore } from './contract/describe-store.js';
import { openStores } from './contract/open-stores.js';

const SERIALIZABLE = ['default_transaction_isolation=serializable'];
const SNAPSHOT = ['innodb_snapshot_isolation=ON'];
const SNAPSHOT_SERIALIZABLE = [...SNAPSHOT, "tx_isolation='SERIALIZABLE'"];

async function answerOf(kind: DatabaseKind, settings: readonly string[], sql: string): Promise<unknown> {
  const { source, close } = await openStores(kind, settings);
  try {
    return await source.query(sql);
  } finally {
    await close();
  }
}

await describeOnEach('[X-07] the store, serializable,', ['postgres'], (kind) => {
  it('is set so', async () => {
    const level = await answerOf(kind, SERIALIZABLE, 'SHOW transaction_isolation');
    expect(level).toEqual([{ transaction_isolation: 'serializable' }]);
  });
  describeStore(kind, SERIALIZABLE);
});

// MariaDB has the variable since 10.6.18, and it is on from 11.6.2.
await describeOnEach('[X-07] the store, by snapshot,', ['mariadb'], (kind) => {
  it('is set so', async () => {
    const sql = 'SELECT @@innodb_snapshot_isolation AS snapshot, @@tx_isolation AS level';
    expect(await answerOf(kind, SNAPSHOT, sql)).toEqual([{ snapshot: '1', level: 'REPEATABLE-READ' }]);
    expect(await answerOf(kind, SNAPSHOT_SERIALIZABLE, sql)).toEqual([{ snapshot: '1', level: 'SERIALIZABLE' }]);
  });
  describeStore(kind, SNAPSHOT);
});

await describeOnEach('[X-07] the store, by snapshot and serializable,', ['mariadb'], (kind) =>
  describeStore(kind, SNAPSHOT_SERIALIZABLE),
);
