import { afterAll, beforeAll, describe, it } from 'vitest';
import { MultiFactorAuth } from '../../../src/index.js';
import { describeStoreContract } from '../../../src/testing.js';
import type { DatabaseKind } from '../../support/databases.js';
import { keepsClients } from './clients.js';
import { keepsLimits } from './limits.js';
import { openStores, type Stores } from './open-stores.js';
import { isExactInRaces } from './races.js';
import { keepsSessions } from './sessions.js';
import { keepsRowsOfUsers } from './user-rows.js';

const PARTS = {
  users: keepsRowsOfUsers,
  races: isExactInRaces,
  sessions: keepsSessions,
  clients: keepsClients,
  limits: keepsLimits,
};

/** What every database must keep, with tables from the migrations; with settings for the connections, if there are any. */
export function describeStore(kind: DatabaseKind, settings: readonly string[] = []): void {
  describe('[B-19] [B-27] [C-02] [K-02] lets exactly as many win as may, of requests at the same moment', () => {
    const stores = opened(kind, settings);
    const sources = () => stores().all.map(({ source }) => source);
    describeStoreContract('MultiFactorAuth', { describe, it, entity: MultiFactorAuth, sources });
  });
  describe.each(Object.entries(PARTS))('for %s', (_, tests) => {
    tests(opened(kind, settings));
  });
}

/** Opens stores for the tests around it. */
function opened(kind: DatabaseKind, settings: readonly string[]): () => Stores {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openStores(kind, settings);
  });
  afterAll(() => stores.close());
  return () => stores;
}
