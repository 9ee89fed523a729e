import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, expect, it } from 'vitest';
import { MFA_ENTITIES, MfaAuditEvent, mfaMigrations, MultiFactorAuth } from '../../src/index.js';
import {
  DATABASE_KINDS,
  type DatabaseKind,
  describeOnEach,
  makeDatabase,
  type TestDatabase,
} from '../support/databases.js';
import { MEMBER_MIGRATIONS, MEMBER_TABLES, Member, MemberMfa } from '../support/member-mfa.js';

const TABLES = [MultiFactorAuth, ...MFA_ENTITIES, MfaAuditEvent];
const NAMES = ['mfa_event', 'mfa_multi_factor_auth', 'mfa_oauth_client', 'mfa_session'];

/** Columns of text whose database would take other letters, or blanks at the end, for the same. */
const INEXACT = `SELECT TABLE_NAME AS name, COLUMN_NAME AS col FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'mfa%' AND COLLATION_NAME NOT LIKE '%nopad_bin'`;

/** A database for each test, and what a data source with migrations finds in it. */
class Migrated {
  constructor(
    readonly source: DataSource,
    readonly database: TestDatabase,
  ) {}

  /** What `synchronize` would still do. */
  async drift(): Promise<string[]> {
    const { upQueries } = await this.source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  }

  /** Which of these tables there are. */
  async existing(names: readonly string[]): Promise<string[]> {
    const runner = this.source.createQueryRunner();
    const there: string[] = [];
    for (const name of names) if (await runner.hasTable(name)) there.push(name);
    await runner.release();
    return there;
  }
}

let opened: Migrated | undefined;
afterEach(async () => {
  await opened?.source.destroy();
  await opened?.database.drop();
  opened = undefined;
});

async function open(kind: DatabaseKind, more: Partial<DataSourceOptions> = {}): Promise<Migrated> {
  const database = await makeDatabase(kind, 'migrations');
  const shipped = { entities: TABLES, migrations: mfaMigrations() };
  const source = new DataSource({ ...database.options, ...shipped, ...more } as DataSourceOptions);
  opened = new Migrated(source, database);
  await source.initialize();
  return opened;
}

await describeOnEach('the migrations', DATABASE_KINDS, (kind) => {
  it('make the tables that the entities describe', async () => {
    const migrated = await open(kind);
    await migrated.source.runMigrations();
    expect(await migrated.existing(NAMES)).toEqual(NAMES);
    expect(await migrated.drift()).toEqual([]);
    expect(await migrated.source.runMigrations()).toEqual([]);
  });

  it('go back to nothing, and forth again', async () => {
    const migrated = await open(kind);
    const made = await migrated.source.runMigrations();
    for (const { name } of made) {
      expect(name).toMatch(/^Mfa\w+\d{13}$/);
      await migrated.source.undoLastMigration();
    }
    expect(await migrated.existing(NAMES)).toEqual([]);
    await migrated.source.runMigrations();
    expect(await migrated.drift()).toEqual([]);
  });

  it("make the table of an application's own entity, with its type of id and its columns", async () => {
    const entities = [Member, MemberMfa, ...MFA_ENTITIES];
    const migrated = await open(kind, { entities, migrations: MEMBER_MIGRATIONS });
    await migrated.source.runMigrations();
    expect(await migrated.existing([...NAMES, 'member_mfa'])).toEqual(MEMBER_TABLES);
    expect(await migrated.drift()).toEqual([]);
  });

  it('keep to the prefix of the data source', async () => {
    const migrated = await open(kind, { entityPrefix: 'app_' });
    await migrated.source.runMigrations();
    const prefixed = NAMES.map((name) => `app_${name}`);
    expect(await migrated.existing([...NAMES, ...prefixed])).toEqual(prefixed);
    expect(await migrated.drift()).toEqual([]);
  });

  it('[X-09] let no count be null, and begin each at nought', async () => {
    const { source } = await open(kind);
    await source.runMigrations();
    const budgets = ['code', 'backup'].flatMap((of) => [`${of}_failures`, `${of}_locked_until`, `${of}_arrival`]);
    const counts = [...budgets, 'auth_epoch', 'version'];
    const [needed, given] = [
      'user_id, factors, pending_factors, sent_messages, created_at, updated_at',
      "'1', '', '', '', 0, 0",
    ];
    for (const column of counts) {
      const insert = `INSERT INTO mfa_multi_factor_auth (${needed}, ${column}) VALUES (${given}, NULL)`;
      await expect(source.query(insert)).rejects.toThrow(new RegExp(`(?=.*null)(?=.*${column})`, 'i'));
    }
    await source.query(`INSERT INTO mfa_multi_factor_auth (${needed}) VALUES (${given})`);
    const [row] = await source.query<Record<string, unknown>[]>(`SELECT ${counts.join()} FROM mfa_multi_factor_auth`);
    expect(Object.values(row!).map(String)).toEqual(counts.map(() => '0'));
  });
});

await describeOnEach('the text of the tables', ['mariadb'], (kind) => {
  it('is never found without regard to case, accents or blanks at the end', async () => {
    const { source } = await open(kind);
    await source.runMigrations();
    expect(await source.query(INEXACT)).toEqual([]);
  });

  it('is so in a database of another character set as well', async () => {
    const migrated = await open(kind);
    await migrated.source.query('ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci');
    await migrated.source.runMigrations();
    expect(await migrated.source.query(INEXACT)).toEqual([]);
    expect(await migrated.drift()).toEqual([]);
  });
});
