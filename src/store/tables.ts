import type { DynamicModule, FactoryProvider, InjectionToken, Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSource, type EntityMetadata, getMetadataArgsStorage } from 'typeorm';
import { Misconfiguration } from '../core/misconfiguration.js';
import { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';
import { MfaAuditEvent } from './mfa-audit-event.entity.js';
import { MfaCredential } from './mfa-credential.entity.js';
import { MfaOAuthClient } from './mfa-oauth-client.entity.js';
import { MfaRateLimit } from './mfa-rate-limit.entity.js';
import { MfaSession } from './mfa-session.entity.js';
import { preferRetypedColumns } from './retyped-columns.js';

/** A class that extends `AbstractMultiFactorAuth` and has `@Entity()`. */
export type MultiFactorAuthEntity = new () => AbstractMultiFactorAuth;

/** The options that decide which tables the module has. */
export interface TableChoice {
  entity: MultiFactorAuthEntity;
  audit: boolean;
  /** The name of the data source, if it is not the default one. */
  dataSource?: string;
}

/**
 * The entities of the module, for a data source that lists its own. Add your `entity`, or `MultiFactorAuth`, and `MfaAuditEvent` with `audit`.
 * @example
 * ```ts
 * const options = { type: 'better-sqlite3', database: 'app.sqlite', entities: [User, MultiFactorAuth, ...MFA_ENTITIES] };
 * ```
 */
export const MFA_ENTITIES = [MfaSession, MfaOAuthClient, MfaRateLimit, MfaCredential] as const;

/** Returns the entities that this application uses. */
export function entitiesOf({ audit }: Pick<TableChoice, 'audit'>): Type[] {
  return audit ? [...MFA_ENTITIES, MfaAuditEvent] : [...MFA_ENTITIES];
}

/** Returns TypeORM's module of these entities. It refuses a missing data source by a sentence of the module. */
export function tablesModule(choice: TableChoice): DynamicModule {
  const feature = TypeOrmModule.forFeature([choice.entity, ...entitiesOf(choice)], choice.dataSource);
  return { ...feature, providers: (feature.providers as FactoryProvider[]).map((one) => ofFound(one, choice)) };
}

function ofFound(repository: FactoryProvider, { dataSource }: TableChoice): FactoryProvider {
  return {
    ...repository,
    inject: repository.inject?.map((token) => ({ token: token as InjectionToken, optional: true })),
    useFactory: async (source: DataSource | undefined, ...others: unknown[]) => {
      if (source) return repository.useFactory(source, ...others) as unknown;
      // Two copies of a package can be the reason: the provider that finds that out comes first.
      await new Promise(setImmediate);
      throw new Misconfiguration(
        `TypeORM has no data source${dataSource === undefined ? '' : ` '${dataSource}'`}, e.g. TypeOrmModule.forRoot({ … }).`,
      );
    },
  };
}

/** Returns the DI token of a table's rows. */
export function rowsToken({ name }: abstract new () => object): InjectionToken {
  return `Rows of ${name}`;
}

/** Refuses a class that cannot be `entity`. @throws {Misconfiguration} */
export function checkEntity(entity: MultiFactorAuthEntity): void {
  if (entity?.prototype instanceof AbstractMultiFactorAuth) return preferRetypedColumns();
  throw new Misconfiguration(
    '`entity` does not extend AbstractMultiFactorAuth, e.g. @Entity() class UserMfa extends AbstractMultiFactorAuth {}.',
  );
}

/** Refuses a data source that does not know the entities. @throws {Misconfiguration} */
export function checkEntities(source: DataSource, { entity, audit }: TableChoice): void {
  if (!source.isInitialized)
    throw new Misconfiguration(
      'the data source is not connected. With `manualInitialization`, connect it before the application starts, e.g. await app.get(DataSource).initialize() before app.listen().',
    );
  const unknown = [entity, ...entitiesOf({ audit })].find((one) => !source.hasMetadata(one));
  if (!unknown) return checkDefaults(source.getMetadata(entity));
  throw new Misconfiguration(
    `TypeORM does not know ${unknown.name}, e.g. @Entity() on it and TypeOrmModule.forRoot({ …, autoLoadEntities: true }).`,
  );
}

/** Refuses a column of the application that the module's inserts would leave empty. @throws {Misconfiguration} */
function checkDefaults({ columns, name }: EntityMetadata): void {
  const own = new Set(
    getMetadataArgsStorage()
      .filterColumns(AbstractMultiFactorAuth)
      .map(({ propertyName }) => propertyName),
  );
  const empty = columns.find((column) => !own.has(column.propertyName) && !fillsItself(column));
  if (!empty) return;
  throw new Misconfiguration(
    `\`entity\`: ${name}.${empty.propertyName} needs a default, because the module makes the row, e.g. { default: '' } or { nullable: true }.`,
  );
}

function fillsItself(column: EntityMetadata['columns'][number]): boolean {
  const byDatabase = column.isGenerated || column.generatedType !== undefined || !column.isInsert;
  return column.isNullable || column.default !== undefined || byDatabase || column.isCreateDate || column.isUpdateDate;
}
