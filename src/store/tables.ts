import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { getDataSourceToken, getRepositoryToken } from '@nestjs/typeorm';
import type { DataSource, ObjectLiteral, Repository } from 'typeorm';
import { Misconfiguration } from '../core/misconfiguration.js';
import { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';
import { MfaAuditEvent } from './mfa-audit-event.entity.js';
import { MfaOAuthClient } from './mfa-oauth-client.entity.js';
import { MfaRateLimit } from './mfa-rate-limit.entity.js';
import { MfaSession } from './mfa-session.entity.js';
import { preferRetypedColumns } from './retyped-columns.js';
import { Rows } from './rows.js';
import { TableCheck } from './table-check.js';

/** A class that extends `AbstractMultiFactorAuth` and has `@Entity()`. */
export type MultiFactorAuthEntity = new () => AbstractMultiFactorAuth;

/** The options that decide which tables the module has. */
export interface TableChoice {
  entity: MultiFactorAuthEntity;
  audit: boolean;
  /** The name of the data source, if it is not the default one. */
  dataSource?: string;
}

/** The entities of the module, except for the users' rows. */
export const MFA_ENTITIES = [MfaSession, MfaOAuthClient, MfaRateLimit] as const;

/** Returns the entities that this application uses. */
export function entitiesOf({ audit }: Pick<TableChoice, 'audit'>): Type[] {
  return audit ? [...MFA_ENTITIES, MfaAuditEvent] : [...MFA_ENTITIES];
}

/** Returns the DI token of a table's rows. */
export function rowsToken({ name }: abstract new () => object): InjectionToken {
  return `Rows of ${name}`;
}

/** Returns the providers of each table's rows. The users' rows have the token of `AbstractMultiFactorAuth`, for any entity. */
export function rowsProviders({ entity, audit, dataSource }: TableChoice): Provider[] {
  return [
    rowsOf(AbstractMultiFactorAuth, getRepositoryToken(entity, dataSource)),
    ...entitiesOf({ audit }).map((table) => rowsOf(table, getRepositoryToken(table, dataSource))),
  ];
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
  const unknown = [entity, ...entitiesOf({ audit })].find((one) => !source.hasMetadata(one));
  if (!unknown) return;
  throw new Misconfiguration(
    `TypeORM does not know ${unknown.name}, e.g. @Entity() on it and TypeOrmModule.forRoot({ …, autoLoadEntities: true }).`,
  );
}

/** Returns the provider that checks, when the application starts, whether the tables exist. */
export function tableCheck({ audit, dataSource }: TableChoice): Provider {
  return {
    provide: TableCheck,
    inject: [
      getDataSourceToken(dataSource),
      rowsToken(AbstractMultiFactorAuth),
      ...entitiesOf({ audit }).map(rowsToken),
    ],
    useFactory: (source: DataSource, ...tables: Rows<ObjectLiteral>[]) => new TableCheck(source, tables),
  };
}

function rowsOf(declaredIn: abstract new () => object, table: InjectionToken): Provider {
  return {
    provide: rowsToken(declaredIn),
    inject: [table],
    useFactory: (repository: Repository<ObjectLiteral>) => new Rows(repository, declaredIn),
  };
}
