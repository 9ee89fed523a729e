import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mfaMigrations, MultiFactorAuthService } from '../../src/index.js';
import {
  HostedMfa,
  hostedApplication,
  type HostedSource,
  life,
  MEDDLER,
  UNCHANGED,
} from '../applications/hosted-app.js';
import { start, type StartedApplication } from '../applications/start.js';
import {
  DATABASE_KINDS,
  type DatabaseKind,
  describeOnEach,
  makeDatabase,
  type TestDatabase,
} from '../support/databases.js';
import { times } from '../support/guesses.js';
import { Outbox } from '../support/outbox.js';

/** Names that must be quoted: other letters, a blank, a reserved word. */
class OddNames extends DefaultNamingStrategy {
  override tableName(given: string, own: string | undefined): string {
    return `${own ?? given} Table`;
  }
  override columnName(property: string, own: string): string {
    return property === 'version' ? 'order' : `C ${own || property}`;
  }
}

type Options = Record<string, unknown>;

/** Options of drivers that change what statements give back. */
const DRIVERS: Record<DatabaseKind, Options> = {
  sqlite: { prepareDatabase: (database: { defaultSafeIntegers(): void }) => database.defaultSafeIntegers() },
  postgres: { parseInt8: true, schema: 'public', useUTC: true },
  mariadb: { timezone: '+05:30', dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, trace: false },
};

await describeOnEach('a host', DATABASE_KINDS, (kind) => {
  let started: StartedApplication | undefined;
  let outbox: Outbox;
  const databases: TestDatabase[] = [];
  const options = async (more: Options = {}) => {
    const database = await makeDatabase(kind, 'host');
    databases.push(database);
    return { ...database.options, ...more } as HostedSource;
  };
  const boot = async (...sources: HostedSource[]) => {
    started = await start(hostedApplication(sources, outbox));
    return started;
  };
  const source = () => started!.app.get(DataSource);
  beforeEach(() => (outbox = new Outbox()));
  afterEach(async () => {
    await started?.close();
    started = undefined;
    for (const { drop } of databases.splice(0)) await drop();
  });

  it('[F-19] with an entity of its own and subscribers that fail or change rows changes no answer', async () => {
    await boot(await options());
    source().subscribers.push(MEDDLER);
    expect(await life(started!, outbox)).toEqual(UNCHANGED);
    const [row] = await source().query<{ revision: number }[]>('SELECT revision FROM hosted_mfa');
    expect(row!.revision).toBeGreaterThan(1);
    await source().getRepository(HostedMfa).softDelete({ userId: '1' });
    expect((await started!.client.login('alice')).body).toMatchObject({ mfa_required: true });
  });

  it.each<[string, Options]>([
    ['a naming strategy and a prefix', { namingStrategy: new OddNames(), entityPrefix: 'p ' }],
    ['entities without their constructor', { entitySkipConstructor: true }],
    ['look-ups that throw for null', { invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' } }],
    ["its driver's own types", DRIVERS[kind]],
  ])('[F-19] with %s changes no answer', async (_, more) => {
    await boot(await options(more));
    expect(await life(started!, outbox)).toEqual(UNCHANGED);
  });

  it('[F-19] with a second data source keeps all rows in the one that is named', async () => {
    await boot(await options(), await options({ name: 'people' }));
    expect(await life(started!, outbox)).toEqual(UNCHANGED);
    const people = started!.app.get<DataSource>(getDataSourceToken('people'), { strict: false });
    const count = async (one: DataSource) => {
      const rows = [];
      for (const name of ['hosted_mfa', 'mfa_session', 'mfa_rate_limit', 'mfa_oauth_client']) {
        rows.push(one.hasMetadata(name) && (await one.getRepository(name).count()) > 0);
      }
      return rows;
    };
    expect([await count(people), await count(source())]).toEqual([times(4, true), times(4, false)]);
  });

  it('[F-19] with one connection waits for no second one, however many ask at once', async () => {
    await boot(await options({ poolSize: 1 }));
    const { client } = started!;
    expect(await life(started!, outbox)).toEqual(UNCHANGED);
    const all = await Promise.all(
      times(40, 0).map((_, index) =>
        index % 2 ? client.login('bob') : client.login(`nobody-${index}`, { password: 'wrong' }),
      ),
    );
    expect(all.map(({ status }) => status)).toEqual(times(40, 0).map((_, index) => (index % 2 ? 200 : 400)));
  });

  it('[F-19] that calls a service beside its transaction has the change outside of it, but on SQLite', async () => {
    await boot(await options({ poolSize: 2 }));
    const token = await started!.client.token('bob');
    const service = started!.app.get(MultiFactorAuthService, { strict: false });
    const undone = source().transaction(async (manager) => {
      await manager.query('SELECT 1');
      await service.endSessions('2');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect((await started!.client.get('/mfa/', { token })).status).toBe(kind === 'sqlite' ? 200 : 401);
  });
});

await describeOnEach('a host with a schema of its own', ['postgres'], (kind) => {
  it('[F-19] has all tables there, also by the migrations', async () => {
    const { options: given, drop } = await makeDatabase(kind, 'schema');
    const first = await new DataSource(given).initialize();
    await first.query('CREATE SCHEMA tables_of_entities');
    await first.query('CREATE SCHEMA tables_of_migrations');
    const own = { ...given, schema: 'tables_of_migrations', migrations: mfaMigrations() } as DataSourceOptions;
    const migrated = await new DataSource(own).initialize();
    await migrated.runMigrations();
    await migrated.destroy();
    const outbox = new Outbox();
    const started = await start(
      hostedApplication([{ ...given, schema: 'tables_of_entities' } as HostedSource], outbox),
    );
    expect(await life(started, outbox)).toEqual(UNCHANGED);
    const tables = await first.query<{ table_schema: string }[]>(
      `SELECT table_schema FROM information_schema.tables WHERE table_name LIKE '%mfa%'`,
    );
    await Promise.all([first.destroy(), started.close()]);
    await drop();
    const schemas = new Set(tables.map(({ table_schema: schema }) => schema));
    expect(schemas).toEqual(new Set(['tables_of_entities', 'tables_of_migrations']));
  });
});
