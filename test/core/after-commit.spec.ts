import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAccounts, type StartedAccounts, Undone } from '../applications/start-accounts.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';

let accounts: StartedAccounts;
afterEach(() => accounts.close());

await describeOnEach('a transaction of the application', DATABASE_KINDS, (kind) => {
  describe.each([1, 5])('with a pool of %i', (poolSize) => {
    beforeEach(async () => {
      accounts = await startAccounts(kind, poolSize);
    });

    it('[H-06] tells listeners after the commit', async () => {
      await accounts.client.token('bob');
      const before = accounts.heard().length;
      await accounts.passwords.change(2, 'new', () => {
        expect(accounts.heard()).toHaveLength(before);
        return Promise.resolve();
      });
      expect(
        accounts
          .heard()
          .slice(before)
          .map(({ type, userId }) => [type, userId]),
      ).toEqual([['sessions_ended', '2']]);
    });

    it('[H-06] tells listeners of what is committed, and of nothing else, however it is nested', async () => {
      await accounts.client.token('bob');
      const { mfa } = accounts;
      const before = accounts.heard().length;
      const [KEPT, KEPT_TOO, UNDONE, UNDONE_TOO, LAST] = ['1', '2', '3', '4', '5'] as const;
      const end = (manager: EntityManager, user: string) => mfa.within(manager).endSessions(user);
      await accounts.source.transaction(async (outer) => {
        await outer.transaction((inner) => end(inner, KEPT));
        await outer.transaction((inner) => end(inner, KEPT_TOO));
        const undone = outer.transaction(async (inner) => {
          await inner.transaction((innermost) => end(innermost, UNDONE));
          await end(inner, UNDONE_TOO);
          throw new Undone();
        });
        await expect(undone).rejects.toThrow(Undone);
        await end(outer, LAST);
        outer.queryRunner!.data = { actor: 'somebody' };
      });
      expect(
        accounts
          .heard()
          .slice(before)
          .map(({ userId }) => userId),
      ).toEqual([KEPT, KEPT_TOO, LAST]);
    });

    it('[H-06] tells listeners though a subscriber of the application fails', async () => {
      await accounts.client.token('bob');
      const before = accounts.heard().length;
      const subscriber = {
        afterTransactionCommit: () => {
          throw new Undone();
        },
      };
      accounts.source.subscribers.push(subscriber);
      await expect(accounts.passwords.change(2, 'new')).rejects.toThrow(Undone);
      accounts.source.subscribers.splice(accounts.source.subscribers.indexOf(subscriber), 1);
      expect(await accounts.login('bob', 'new')).toBe(200);
      expect(accounts.heard()).toHaveLength(before + 1);
    });
  });
});

await describeOnEach('a transaction that PostgreSQL has ended', ['postgres'], (kind) => {
  it('[H-06] tells listeners where a savepoint has healed it', async () => {
    accounts = await startAccounts(kind, 2);
    const before = accounts.heard().length;
    await accounts.passwords.change(2, 'new', async (manager) => {
      const healed = manager.transaction((inner) => inner.query('SELECT * FROM nowhere'));
      await expect(healed).rejects.toThrow('nowhere');
    });
    expect(await accounts.login('bob', 'new')).toBe(200);
    expect(accounts.heard()).toHaveLength(before + 1);
  });

  it('[H-06] tells nobody of what is rolled back at its commit', async () => {
    accounts = await startAccounts(kind, 2);
    const token = await accounts.client.token('bob');
    const before = accounts.heard().length;
    await accounts.passwords.change(2, 'new', async (manager) => {
      // The error is swallowed, so COMMIT becomes a silent rollback.
      await expect(manager.query('SELECT * FROM nowhere')).rejects.toThrow('nowhere');
    });
    expect([await accounts.opens(token), await accounts.login('bob', 'new')]).toEqual([true, 400]);
    expect(accounts.heard()).toHaveLength(before);
  });
});
