import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource, type EntityManager } from 'typeorm';
import { MfaAuditEvent, MfaOAuthClient, MfaSession, OAuthClients, Sessions } from '../../src/index.js';
import { nextEpoch } from '../../src/store/row-changes.js';
import { AccountMfa } from '../applications/accounts-app.js';
import { enrol } from '../applications/enrol.js';
import { startAccounts, type StartedAccounts, Undone } from '../applications/start-accounts.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';

let accounts: StartedAccounts;
afterEach(() => accounts.close());

await describeOnEach('a transaction of the application', DATABASE_KINDS, (kind) => {
  // With a pool of one, a call that needs its own connection deadlocks with the transaction.
  describe.each([1, 5])('with a pool of %i', (poolSize) => {
    beforeEach(async () => {
      accounts = await startAccounts(kind, poolSize);
    });

    it('[H-06] changes a password and ends its sessions in one, with and without a row of MFA', async () => {
      const [alice, bob] = [await enrol(accounts.client, accounts.outbox, 'alice'), await accounts.client.token('bob')];
      await accounts.passwords.change(1, 'new');
      await accounts.passwords.change(2, 'new');
      expect([await accounts.opens(alice), await accounts.opens(bob)]).toEqual([false, false]);
      expect([await accounts.login('alice', 'alice-password'), await accounts.login('alice', 'new')]).toEqual([
        400, 200,
      ]);
      expect([await accounts.login('bob', 'bob-password'), await accounts.login('bob', 'new')]).toEqual([400, 200]);
      const record = await accounts.source.getRepository(MfaAuditEvent).find({
        where: { type: 'sessions_ended' },
        order: { userId: 'ASC' },
      });
      expect(record.map(({ userId }) => userId)).toEqual(['1', '2']);
    });

    it('[H-06] changes nothing and tells nobody where it is rolled back', async () => {
      const alice = await enrol(accounts.client, accounts.outbox, 'alice');
      const before = accounts.heard().length;
      const told: number[] = [];
      const undo = (manager: EntityManager) =>
        manager.count(MfaAuditEvent, { where: { type: 'sessions_ended' } }).then((count) => {
          told.push(count, accounts.heard().length - before);
          throw new Undone();
        });
      await expect(accounts.passwords.change(1, 'new', undo)).rejects.toThrow(Undone);
      expect(told).toEqual([1, 0]);
      expect([await accounts.opens(alice), await accounts.login('alice', 'new')]).toEqual([true, 400]);
      expect(await accounts.source.getRepository(MfaAuditEvent).countBy({ type: 'sessions_ended' })).toBe(0);
      expect(accounts.heard()).toHaveLength(before);
    });

    it('[H-06] rolls every management call back with it', async () => {
      await enrol(accounts.client, accounts.outbox, 'alice');
      await accounts.client.token('bob');
      const { mfa } = accounts;
      const [sessions, clients] = [
        accounts.app.get(Sessions, { strict: false }),
        accounts.app.get(OAuthClients, { strict: false }),
      ];
      const count = async () => [
        await accounts.source.getRepository(AccountMfa).countBy({ challengeType: 'sms' }),
        await accounts.source.getRepository(MfaSession).count(),
        await accounts.source.getRepository(MfaOAuthClient).count(),
      ];
      const before = await count();
      const all = async (manager: EntityManager) => {
        const within = mfa.within(manager);
        await within.unlock('1');
        expect(await within.refreshBackupCodes('1')).toHaveLength(1);
        await within.disable('1');
        await within.enable('2', 'sms', { phone_number: '14085550101' });
        expect(await within.status('2')).toMatchObject({ enabled: true });
        await within.endSessions('1');
        await sessions.within(manager).endAll('2');
        await clients.within(manager).create({ name: 'app', grants: ['password'] });
      };
      const undone = accounts.source.transaction(async (manager) => {
        await all(manager);
        throw new Undone();
      });
      await expect(undone).rejects.toThrow(Undone);
      expect(await count()).toEqual(before);
      await accounts.source.transaction(all);
      expect(await count()).toEqual([1, 0, 1]);
      const [{ id } = { id: '' }] = await accounts.source.getRepository(MfaOAuthClient).find();
      await accounts.source.transaction((manager) => clients.within(manager).remove(id));
      expect(await accounts.source.getRepository(MfaOAuthClient).count()).toBe(0);
    });

    it('[H-06] refuses calls after it has ended', async () => {
      const { mfa } = accounts;
      const within = await accounts.source.transaction((manager) => Promise.resolve(mfa.within(manager)));
      await expect(within.endSessions('1')).rejects.toThrow('The transaction that within() was given has ended.');
    });

    it('[H-06] refuses a manager without a transaction or of another data source', async () => {
      const { mfa } = accounts;
      expect(() => mfa.within(accounts.source.manager)).toThrow('within() takes the manager of a transaction');
      const other = await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
      await other.transaction((manager) => {
        expect(() => mfa.within(manager)).toThrow('within() takes the manager of a transaction');
        return Promise.resolve();
      });
      await other.destroy();
    });
  });
});

await describeOnEach('a transaction of the application beside others', ['postgres', 'mariadb'], (kind) => {
  it('[H-06] decides on the row as it is, not as it was when the transaction began', async () => {
    accounts = await startAccounts(kind, 5);
    const alice = await enrol(accounts.client, accounts.outbox, 'alice');
    const { mfa } = accounts;
    const isolation = kind === 'mariadb' ? 'REPEATABLE READ' : 'READ COMMITTED';
    await accounts.source.transaction(isolation, async (manager) => {
      // It has seen the row, and another request changes it: from here on a plain read may show what was.
      await manager.findBy(AccountMfa, { userId: '1' });
      await mfa.unlock('1');
      await mfa.within(manager).passwordChanged('1');
    });
    expect(await accounts.opens(alice)).toBe(false);
  });

  it("[H-06] goes on where another transaction has made the user's first row", async () => {
    accounts = await startAccounts(kind, 5);
    const { mfa, source } = accounts;
    const change = (manager: EntityManager) => mfa.within(manager).passwordChanged('2');
    let second: Promise<void> | undefined;
    await source.transaction('READ COMMITTED', async (first) => {
      await change(first);
      second = source.transaction('READ COMMITTED', change);
      // The second one has seen no row, and waits with its own for what becomes of the first one.
      while (!(await waitsForALock(source))) continue;
    });
    await second;
    const row = await source.getRepository(AccountMfa).findOneByOrFail({ userId: '2' });
    // Both have raised it.
    expect(row.authEpoch).toBeGreaterThan(nextEpoch(null, row.createdAt).authEpoch);
  });

  async function waitsForALock(source: DataSource): Promise<boolean> {
    const waiting =
      kind === 'postgres'
        ? `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
        : `SELECT 1 FROM information_schema.global_status
             WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS' AND variable_value > 0`;
    return (await source.query<unknown[]>(waiting)).length > 0;
  }

  // Otherwise it waits forever on PostgreSQL, or for MariaDB's 50 s, and so does everyone who logs in.
  const held: [string, number][] = [
    ['the only connection', 1],
    ...(kind === 'mariadb' ? ([["the user's row", 5]] as [string, number][]) : []),
  ];

  it.each(held)(
    '[H-06] [F-19] fails with a warning after ten seconds if it forgets within() while it holds %s',
    async (_, poolSize) => {
      accounts = await startAccounts(kind, poolSize);
      const token = await accounts.client.token('alice');
      await expect(accounts.passwords.changeWithoutTelling(1, 'new')).rejects.toMatchObject({ code: 'unavailable' });
      expect(accounts.log.join('\n')).toContain('call e.g. mfa.within(manager).passwordChanged(id)');
      expect(await accounts.login('alice', 'new')).toBe(400);
      expect(await accounts.login('bob', 'bob-password')).toBe(200);
      await accounts.passwords.change(1, 'another');
      expect([await accounts.opens(token), await accounts.login('alice', 'another')]).toEqual([false, 200]);
    },
  );
});
