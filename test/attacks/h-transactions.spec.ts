import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource, type EntityManager } from 'typeorm';
import {
  MfaAuditEvent,
  MfaOAuthClient,
  MfaSession,
  MultiFactorAuthService,
  OAuthClients,
  Sessions,
} from '../../src/index.js';
import { AccountMfa, accountsApplication, addAccounts, Notices, PasswordChange } from '../applications/accounts-app.js';
import { enrol } from '../applications/enrol.js';
import { start, type StartedApplication } from '../applications/start.js';
import {
  DATABASE_KINDS,
  type DatabaseKind,
  describeOnEach,
  makeDatabase,
  type TestDatabase,
} from '../support/databases.js';
import { Outbox } from '../support/outbox.js';

let started: StartedApplication;
let outbox: Outbox;
let source: DataSource;
let database: TestDatabase;

async function boot(kind: DatabaseKind, poolSize: number): Promise<void> {
  database = await makeDatabase(kind, 'accounts');
  outbox = new Outbox();
  started = await start(accountsApplication({ ...database.options, poolSize } as typeof database.options, outbox));
  source = started.app.get(DataSource);
  await addAccounts(source);
}

afterEach(async () => {
  await started.close();
  await database.drop();
});

const passwords = () => started.app.get(PasswordChange);
const heard = () =>
  started.app
    .get(Notices, { strict: false })
    .heard.filter(({ type }) => type !== 'signed_in' && type !== 'password_refused');
const opens = async (token: string) => (await started.client.get('/mfa/', { token })).status === 200;
const login = async (username: string, password: string) => (await started.client.login(username, { password })).status;

class Undone extends Error {}

await describeOnEach('a transaction of the application', DATABASE_KINDS, (kind) => {
  // With a pool of one, whatever asks for a connection of its own waits for the transaction that waits for it.
  describe.each([1, 5])('with a pool of %i', (poolSize) => {
    beforeEach(() => boot(kind, poolSize));

    it('[H-06] changes a password and ends its sessions in one, with and without a row of MFA', async () => {
      const [alice, bob] = [await enrol(started.client, outbox, 'alice'), await started.client.token('bob')];
      await passwords().change(1, 'new');
      await passwords().change(2, 'new');
      expect([await opens(alice), await opens(bob)]).toEqual([false, false]);
      expect([await login('alice', 'alice-password'), await login('alice', 'new')]).toEqual([400, 200]);
      expect([await login('bob', 'bob-password'), await login('bob', 'new')]).toEqual([400, 200]);
      const record = await source.getRepository(MfaAuditEvent).find({
        where: { type: 'sessions_ended' },
        order: { userId: 'ASC' },
      });
      expect(record.map(({ userId }) => userId)).toEqual(['1', '2']);
    });

    it('[H-06] changes nothing and tells nobody where it is rolled back', async () => {
      const alice = await enrol(started.client, outbox, 'alice');
      const before = heard().length;
      const told: number[] = [];
      const undo = (manager: EntityManager) =>
        manager.count(MfaAuditEvent, { where: { type: 'sessions_ended' } }).then((count) => {
          told.push(count, heard().length - before);
          throw new Undone();
        });
      await expect(passwords().change(1, 'new', undo)).rejects.toThrow(Undone);
      expect(told).toEqual([1, 0]);
      expect([await opens(alice), await login('alice', 'new')]).toEqual([true, 400]);
      expect(await source.getRepository(MfaAuditEvent).countBy({ type: 'sessions_ended' })).toBe(0);
      expect(heard()).toHaveLength(before);
    });

    it('[H-06] has listeners hear of it once it is committed', async () => {
      await started.client.token('bob');
      const before = heard().length;
      await passwords().change(2, 'new', () => {
        expect(heard()).toHaveLength(before);
        return Promise.resolve();
      });
      expect(
        heard()
          .slice(before)
          .map(({ type, userId }) => [type, userId]),
      ).toEqual([['sessions_ended', '2']]);
    });

    it('[H-06] takes every call that a team makes in one, and undoes it', async () => {
      await enrol(started.client, outbox, 'alice');
      await started.client.token('bob');
      const mfa = started.app.get(MultiFactorAuthService, { strict: false });
      const [sessions, clients] = [
        started.app.get(Sessions, { strict: false }),
        started.app.get(OAuthClients, { strict: false }),
      ];
      const count = async () => [
        await source.getRepository(AccountMfa).countBy({ challengeType: 'sms' }),
        await source.getRepository(MfaSession).count(),
        await source.getRepository(MfaOAuthClient).count(),
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
      const undone = source.transaction(async (manager) => {
        await all(manager);
        throw new Undone();
      });
      await expect(undone).rejects.toThrow(Undone);
      expect(await count()).toEqual(before);
      await source.transaction(all);
      expect(await count()).toEqual([1, 0, 1]);
      const [{ id } = { id: '' }] = await source.getRepository(MfaOAuthClient).find();
      await source.transaction((manager) => clients.within(manager).remove(id));
      expect(await source.getRepository(MfaOAuthClient).count()).toBe(0);
    });

    it('[H-06] has listeners hear of what is committed, and of nothing else, however it is nested', async () => {
      await started.client.token('bob');
      const mfa = started.app.get(MultiFactorAuthService, { strict: false });
      const before = heard().length;
      const [KEPT, KEPT_TOO, UNDONE, UNDONE_TOO, LAST] = ['1', '2', '3', '4', '5'] as const;
      const end = (manager: EntityManager, user: string) => mfa.within(manager).endSessions(user);
      await source.transaction(async (outer) => {
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
        heard()
          .slice(before)
          .map(({ userId }) => userId),
      ).toEqual([KEPT, KEPT_TOO, LAST]);
    });

    it('[H-06] has listeners hear of it though a subscriber of the application fails', async () => {
      await started.client.token('bob');
      const before = heard().length;
      const subscriber = {
        afterTransactionCommit: () => {
          throw new Undone();
        },
      };
      source.subscribers.push(subscriber);
      await expect(passwords().change(2, 'new')).rejects.toThrow(Undone);
      source.subscribers.splice(source.subscribers.indexOf(subscriber), 1);
      expect(await login('bob', 'new')).toBe(200);
      expect(heard()).toHaveLength(before + 1);
    });

    it('[H-06] is over when it has ended', async () => {
      const mfa = started.app.get(MultiFactorAuthService, { strict: false });
      const within = await source.transaction((manager) => Promise.resolve(mfa.within(manager)));
      await expect(within.endSessions('1')).rejects.toThrow('The transaction that within() was given has ended.');
    });

    it('[H-06] is joined by nothing but its own manager', async () => {
      const mfa = started.app.get(MultiFactorAuthService, { strict: false });
      expect(() => mfa.within(source.manager)).toThrow('within() takes the manager of a transaction');
      const other = await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
      await other.transaction((manager) => {
        expect(() => mfa.within(manager)).toThrow('within() takes the manager of a transaction');
        return Promise.resolve();
      });
      await other.destroy();
    });
  });
});

await describeOnEach('a transaction that PostgreSQL has ended', ['postgres'], (kind) => {
  it('[H-06] tells nobody of what is rolled back at its commit', async () => {
    await boot(kind, 2);
    const token = await started.client.token('bob');
    const before = heard().length;
    await passwords().change(2, 'new', async (manager) => {
      // Somebody swallows an error. The commit is a rollback then, and says nothing.
      await expect(manager.query('SELECT * FROM nowhere')).rejects.toThrow('nowhere');
    });
    expect([await opens(token), await login('bob', 'new')]).toEqual([true, 400]);
    expect(heard()).toHaveLength(before);
  });
});

await describeOnEach('a transaction of the application beside others', ['postgres', 'mariadb'], (kind) => {
  it('[H-06] decides on the row as it is, not as it was when the transaction began', async () => {
    await boot(kind, 5);
    const alice = await enrol(started.client, outbox, 'alice');
    const mfa = started.app.get(MultiFactorAuthService, { strict: false });
    const isolation = kind === 'mariadb' ? 'REPEATABLE READ' : 'READ COMMITTED';
    await source.transaction(isolation, async (manager) => {
      // It has seen the row, and another request changes it: from here on a plain read may show what was.
      await manager.findBy(AccountMfa, { userId: '1' });
      await mfa.unlock('1');
      await mfa.within(manager).passwordChanged('1');
    });
    expect(await opens(alice)).toBe(false);
  });

  // It would wait for ever, or for the 50 seconds of the server, and whoever logs in meanwhile with it.
  const held =
    kind === 'postgres' ? { what: 'the only connection', poolSize: 1 } : { what: "the user's row", poolSize: 5 };

  it(`[H-06] that forgets to hand itself over, and holds ${held.what}, is told so in ten seconds`, async () => {
    await boot(kind, held.poolSize);
    const token = await started.client.token('alice');
    await expect(passwords().changeWithoutTelling(1, 'new')).rejects.toMatchObject({ code: 'unavailable' });
    expect(started.log.join('\n')).toContain('call e.g. mfa.within(manager).passwordChanged(id)');
    expect(await login('alice', 'new')).toBe(400);
    // What was waiting may still come true: it ends sessions, which fails closed.
    expect([200, 401]).toContain((await started.client.get('/mfa/', { token })).status);
    expect(await login('bob', 'bob-password')).toBe(200);
    await passwords().change(1, 'another');
    expect(await login('alice', 'another')).toBe(200);
  });
});
