import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, Entity, PrimaryColumn } from 'typeorm';
import { afterEach, expect, it } from 'vitest';
import { AbstractMultiFactorAuth, MFA_ENTITIES, MfaAuditEvent, mfaMigrations } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach, makeDatabase, type TestDatabase } from '../support/databases.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { requestPhone } from '../support/own-mfa.js';

@Entity('number_mfa')
class NumberMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'integer' })
  declare userId: string;
}

@Module({ imports: [TypeOrmModule.forFeature([])] })
class NothingModule {}

const TABLES = [NumberMfa, ...MFA_ENTITIES, MfaAuditEvent];

await describeOnEach('an entity that only gives `user_id` another type', DATABASE_KINDS, (kind) => {
  let database: TestDatabase;
  let booted: BootedApp | undefined;
  afterEach(async () => {
    await booted?.close();
    booted = undefined;
    await database.drop();
  });

  const migrated = async () => {
    database = await makeDatabase(kind, 'retyped');
    const migrations = mfaMigrations({ table: 'number_mfa', userId: { type: 'integer' } });
    const source = new DataSource({ ...database.options, entities: TABLES, migrations });
    await source.initialize();
    await source.runMigrations();
    return source;
  };

  it('[F-25] has that type, and the migrations leave nothing to generate', async () => {
    const source = await migrated();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    const type = source.getMetadata(NumberMfa).findColumnWithPropertyName('userId')!.type;
    await source.destroy();
    expect([upQueries.map(({ query }) => query), type]).toEqual([[], 'integer']);
  });

  it('[F-01] is read for an unknown name too, where the application judges passwords itself', async () => {
    await (await migrated()).destroy();
    booted = await bootApp({ database: database.options, keepTables: true, mfa: { entity: NumberMfa } });
    const { users } = booted;
    const authenticate = users.authenticate.bind(users);
    users.authenticate = (...given) => authenticate(...given);
    for (const username of ['nobody', 'carol']) {
      const { status, body } = await booted.client.login(username);
      expect([status, body['code']]).toEqual([400, 'invalid_credentials']);
    }
    expect((await booted.client.login('alice')).status).toBe(200);
  });

  it('[F-25] signs users in, and refuses an id in words that does not come back as it was given', async () => {
    await (await migrated()).destroy();
    const options = {
      database: database.options,
      keepTables: true,
      imports: [NothingModule],
      mfa: { entity: NumberMfa },
    };
    booted = await bootApp(options);
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    expect((await booted.client.login('bob', { mfa_code })).status).toBe(200);

    Object.assign(booted.users.named('alice'), { id: '007' });
    const token = await booted.client.token('alice');
    expect((await requestPhone(booted, token, '14085550199')).status).toBe(500);
    expect(booted.log.filter((line) => line.includes('The column user_id gives a user id back'))).not.toEqual([]);
    const rows: { user_id: unknown }[] = await booted.database.query('SELECT user_id FROM number_mfa');
    expect(rows.map(({ user_id }) => Number(user_id))).toEqual([2]);
  });
});
