import { afterAll, beforeAll, describe } from 'vitest';
import type { DatabaseKind } from '../../support/databases.js';
import { keepsClients } from './clients.js';
import { keepsLimits } from './limits.js';
import { openStores, type Stores } from './open-stores.js';
import { isExactInRaces } from './races.js';
import { keepsSessions } from './sessions.js';
import { keepsRowsOfUsers } from './user-rows.js';

/** What every database must keep, with tables from the migrations; with settings for the connections, if there are any. */
export function describeStoreContract(kind: DatabaseKind, settings: readonly string[] = []): void {
  const parts = {
    users: keepsRowsOfUsers,
    races: isExactInRaces,
    sessions: keepsSessions,
    clients: keepsClients,
    limits: keepsLimits,
  };
  describe.each(Object.entries(parts))('for %s', (_, tests) => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await openStores(kind, settings);
    });
    afterAll(() => stores.close());
    tests(() => stores);
  });
}
