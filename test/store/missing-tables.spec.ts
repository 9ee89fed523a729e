import { type INestApplication, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { DataSource, Entity, type EntitySubscriberInterface } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AbstractMultiFactorAuth, mfaMigrations, Misconfiguration } from '../../src/index.js';
import { type BootOptions, bootApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach, makeDatabase, makeMigrated, type TestDatabase } from '../support/databases.js';

const TABLES = ['mfa_multi_factor_auth', 'mfa_session', 'mfa_oauth_client', 'mfa_rate_limit', 'mfa_event'];

let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** What an application on these tables says when it starts, or `it started`. */
async function start({ options: database }: TestDatabase, more: BootOptions = {}): Promise<string> {
  const setUp = (made: INestApplication) => {
    app = made;
    more.setUp?.(made);
  };
  try {
    const { client } = await bootApp({ ...more, database, keepTables: true, setUp, mfa: { audit: true, ...more.mfa } });
    return (await client.login('alice')).status === 200 ? 'it started' : 'it started, and logins fail';
  } catch (error) {
    return error instanceof Misconfiguration ? error.message : `not a Misconfiguration: ${String(error)}`;
  } finally {
    await app?.close();
    app = undefined;
  }
}

async function change({ options }: TestDatabase, sql: string): Promise<void> {
  const source = await new DataSource(options).initialize();
  await source.query(sql);
  await source.destroy();
}

/** An application that runs its migrations itself, after Nest has made the providers. */
@Injectable()
class OwnMigrations implements OnModuleInit {
  constructor(private readonly source: DataSource) {}

  async onModuleInit(): Promise<void> {
    const own = new DataSource({ ...this.source.options, entities: [], migrations: mfaMigrations() });
    await own.initialize();
    await own.runMigrations();
    await own.destroy();
  }
}

@Module({ providers: [OwnMigrations] })
class OwnMigrationsModule {}

@Entity('people_mfa')
class PeopleMfa extends AbstractMultiFactorAuth {}

await describeOnEach('an application whose tables were not made', DATABASE_KINDS, (kind) => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  describe('at all', () => {
    beforeEach(async () => {
      database = await makeDatabase(kind, 'missing');
    });

    it('[F-15] is refused, and told both ways to make them', async () => {
      expect(await start(database)).toBe(
        'MfaModule: The table `mfa_multi_factor_auth` is missing, e.g. migrations: [...mfaMigrations()], ' +
          'migrationsRun: true in TypeOrmModule.forRoot, or synchronize: true while you try it.',
      );
      expect(await start(database, { mfa: { entity: PeopleMfa } })).toContain('The table `people_mfa` is missing');
    });

    it('[F-15] may make them itself until it listens', async () => {
      expect(await start(database, { imports: [OwnMigrationsModule] })).toBe('it started');
    });
  });

  describe('completely', () => {
    beforeEach(async () => {
      database = await makeMigrated(kind, 'missing');
    });

    it('[F-15] is told which table is missing', async () => {
      expect(await start(database)).toBe('it started');
      for (const table of TABLES.toReversed()) {
        await change(database, `DROP TABLE ${table}`);
        expect(await start(database)).toContain(`MfaModule: The table \`${table}\` is missing, e.g. migrations: `);
      }
    });

    it('[F-15] is told which column of an upgrade is missing', async () => {
      await change(database, 'ALTER TABLE mfa_session DROP COLUMN scope');
      expect(await start(database)).toContain(
        'MfaModule: The table `mfa_session` has no column `scope`, e.g. migrations: ',
      );
    });

    it('[F-15] starts while the database fails for another reason', async () => {
      const gone: EntitySubscriberInterface = {
        beforeQuery: ({ query }) => (query.includes('1 = 0') ? Promise.reject(new Error('gone')) : undefined),
      };
      await change(database, 'DROP TABLE mfa_event');
      const setUp = (made: INestApplication) => void made.get(DataSource).subscribers.push(gone);
      expect(await start(database, { setUp })).toBe('it started');
    });
  });
});
