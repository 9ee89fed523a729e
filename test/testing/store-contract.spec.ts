import { randomUUID } from 'node:crypto';
import {
  Column,
  DataSource,
  Entity,
  type EntitySubscriberInterface,
  PrimaryColumn,
  type ValueTransformer,
} from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { AbstractMultiFactorAuth, MFA_ENTITIES, MultiFactorAuth, type MultiFactorAuthEntity } from '../../src/index.js';
import { describeStoreContract, type StoreContract } from '../../src/testing.js';
import { brokenRules } from '../support/broken-rules.js';
import { DATABASE_KINDS, describeOnEach, makeDatabase, type TestDatabase } from '../support/databases.js';

@Entity('member_mfa')
class MemberMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'integer' })
  declare userId: string;

  @Column({ type: 'varchar', default: '' })
  note!: string;
}

/** Changes rows that TypeORM writes and reads. The module's statements are its own. */
class Rewriting implements EntitySubscriberInterface<AbstractMultiFactorAuth> {
  beforeInsert({ entity }: { entity: AbstractMultiFactorAuth }): void {
    entity.authEpoch = 7;
  }

  afterLoad(entity: AbstractMultiFactorAuth): void {
    entity.authEpoch = 7;
  }
}

const milliseconds = (from: (time: number) => number): ValueTransformer => ({
  to: (date: Date) => date.getTime(),
  from: (time: string) => new Date(from(Number(time))),
});
const text = (to: (text: string) => string): ValueTransformer => ({ to, from: (kept: string) => kept });

@Entity()
class SecondsMfa extends AbstractMultiFactorAuth {
  @Column({
    name: 'code_arrival',
    type: 'bigint',
    default: 0,
    transformer: milliseconds((time) => time - (time % 1000)),
  })
  declare codeArrival: Date;
}

@Entity()
class SummerTimeMfa extends AbstractMultiFactorAuth {
  @Column({ name: 'created_at', type: 'bigint', transformer: milliseconds((time) => time - 3_600_000) })
  declare createdAt: Date;
}

@Entity()
class LowerCaseMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'varchar', transformer: text((id) => id.toLowerCase()) })
  declare userId: string;
}

@Entity()
class ShortMfa extends AbstractMultiFactorAuth {
  @Column({ name: 'challenge_type', type: 'varchar', transformer: text((type) => type.slice(0, 16)) })
  declare challengeType: string;
}

@Entity()
class LatinMfa extends AbstractMultiFactorAuth {
  @Column({
    name: 'factors',
    type: 'text',
    transformer: {
      to: (list: object[]) => Buffer.from(JSON.stringify(list), 'latin1').toString('latin1'),
      from: (kept: string) => JSON.parse(kept) as unknown,
    },
  })
  declare factors: AbstractMultiFactorAuth['factors'];
}

const opened: DataSource[] = [];
afterAll(() => Promise.all(opened.map((source) => source.destroy())));

async function sourceOf(entity: Function, change: (source: DataSource) => unknown = () => {}): Promise<DataSource> {
  const entities = [entity, ...MFA_ENTITIES];
  const source = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities, synchronize: true });
  opened.push(await source.initialize());
  await change(source);
  return source;
}

/** What every statement counts. */
function counting(affected: number | undefined): (source: DataSource) => void {
  return (source) => {
    const make = source.createQueryRunner.bind(source);
    source.createQueryRunner = (mode) => {
      const runner = make(mode);
      const query = runner.query.bind(runner);
      const counted = async (...given: Parameters<typeof query>) => Object.assign(await query(...given), { affected });
      return Object.assign(runner, { query: counted });
    };
  };
}

await describeOnEach('an entity of an application, with subscribers', DATABASE_KINDS, (kind) => {
  let made: Promise<{ database: TestDatabase; all: DataSource[] }> | undefined;
  let users = 0;
  const make = async () => {
    const database = await makeDatabase(kind, 'own_store');
    const settings = { entities: [MemberMfa, ...MFA_ENTITIES], entityPrefix: 'app_', subscribers: [Rewriting] };
    const all = [1, 2].map(() => new DataSource({ ...database.options, ...settings }));
    for (const source of all) await source.initialize();
    await all[0]!.synchronize();
    return { database, all };
  };
  afterAll(async () => {
    const { database, all } = await made!;
    await Promise.all(all.map((source) => source.destroy()));
    await database.drop();
  });

  describeStoreContract('MemberMfa', {
    describe,
    it,
    entity: MemberMfa,
    sources: async () => (await (made ??= make())).all,
    newUserId: () => String(++users),
  });

  it('has no row left', async () => {
    const [source] = (await made!).all;
    expect([await source!.manager.count(MemberMfa), await source!.manager.count(MFA_ENTITIES[2])]).toEqual([0, 0]);
  });
});

describe('the contract of a store', () => {
  const broken = (contract: Omit<StoreContract, 'describe' | 'it'>) =>
    brokenRules((runner) => describeStoreContract('broken', { ...runner, ...contract }));
  const brokenBy = async (entity: MultiFactorAuthEntity, change?: (source: DataSource) => unknown) => {
    let source: Promise<DataSource> | undefined;
    return broken({ entity, sources: async () => [await (source ??= sourceOf(entity, change))] });
  };

  it('takes one that keeps it', async () => {
    expect(await brokenBy(MultiFactorAuth)).toBe('');
  });

  it.each<[string, string, MultiFactorAuthEntity]>([
    ['keeps whole seconds', 'returns times', SecondsMfa],
    ['returns the time of another zone', 'returns times', SummerTimeMfa],
    ['cuts a text', 'returns texts', ShortMfa],
    ['keeps a list in another character set', 'returns texts', LatinMfa],
  ])('notices an entity that %s', async (_, rule, entity) => {
    expect(await brokenBy(entity)).toContain(rule);
  });

  it('notices an entity that keeps an id in another spelling', async () => {
    const sources = sourceOf(LowerCaseMfa);
    const newUserId = () => randomUUID().toUpperCase();
    const rules = await broken({ entity: LowerCaseMfa, sources: async () => [await sources], newUserId });
    expect(rules).toContain('returns each user id');
  });

  const withoutKey = (table: string) => async (source: DataSource) => {
    await source.query(`ALTER TABLE ${table} RENAME TO old`);
    await source.query(`CREATE TABLE ${table} AS SELECT * FROM old`);
  };

  const rewritten = (source: DataSource) =>
    source.query(`CREATE TRIGGER rewrite AFTER UPDATE ON multi_factor_auth
      BEGIN UPDATE multi_factor_auth SET auth_epoch = 7 WHERE user_id = NEW.user_id; END`);

  it.each<[string, RegExp, (source: DataSource) => unknown]>([
    ['counts every statement as a change', /makes one row.*makes one change.*has found its row/, counting(1)],
    ['counts no statement as a change', /makes one row.*makes one change.*has found its row/, counting(undefined)],
    ['rewrites a value by a trigger', /makes one change.*loses no change.*returns texts/, rewritten],
    ['has no primary key for users', /makes one row/, withoutKey('multi_factor_auth')],
    ['has no primary key for limits', /five of an allowance.*five of a quota.*tells/, withoutKey('mfa_rate_limit')],
  ])('notices a database that %s', async (_, rules, change) => {
    expect(await brokenBy(MultiFactorAuth, change)).toMatch(rules);
  });

  it('refuses what is no entity, a data source that does not know it, and none at all', async () => {
    const sources = () => [];
    const refused = (entity: never) => () => describeStoreContract('none', { describe, it, entity, sources });
    expect(refused(class {} as never)).toThrow('`entity` does not extend AbstractMultiFactorAuth');
    expect((await broken({ entity: MultiFactorAuth, sources })).split(',').length).toBeGreaterThan(9);
    const other = await sourceOf(MemberMfa);
    expect(await broken({ entity: MultiFactorAuth, sources: () => [other] })).toContain('makes one row');
  });
});
