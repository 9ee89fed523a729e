import type { InjectionToken, Provider } from '@nestjs/common';
import { getDataSourceToken, getRepositoryToken } from '@nestjs/typeorm';
import type { DataSource, ObjectLiteral, Repository } from 'typeorm';
import { Clock } from '../core/clock.js';
import { NestCore } from '../core/nest-core.js';
import { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';
import { CredentialIds } from './credential-ids.js';
import { FactorStates } from './factor-states.js';
import { MfaCredential } from './mfa-credential.entity.js';
import { MultiFactorAuthStore } from './multi-factor-auth.store.js';
import { Rows } from './rows.js';
import { TableCheck } from './table-check.js';
import { checkEntities, entitiesOf, rowsToken, type TableChoice } from './tables.js';

/** Returns the providers that read and write the tables, and the one that checks them when the application starts. */
export function storeProviders(choice: TableChoice): Provider[] {
  return [...rowsProviders(choice), tableCheck(choice), storeOf(choice), CREDENTIAL_IDS, FactorStates];
}

// The users' rows have the token of `AbstractMultiFactorAuth`, for any entity.
function rowsProviders({ entity, audit, dataSource }: TableChoice): Provider[] {
  return [
    rowsOf(AbstractMultiFactorAuth, getRepositoryToken(entity, dataSource)),
    ...entitiesOf({ audit }).map((table) => rowsOf(table, getRepositoryToken(table, dataSource))),
  ];
}

function rowsOf(declaredIn: abstract new () => object, table: InjectionToken): Provider {
  return {
    provide: rowsToken(declaredIn),
    inject: [table],
    useFactory: (repository: Repository<ObjectLiteral>) => new Rows(repository, declaredIn),
  };
}

function tableCheck(choice: TableChoice): Provider {
  return {
    provide: TableCheck,
    inject: [optionalDataSource(choice), rowsToken(AbstractMultiFactorAuth), ...entitiesOf(choice).map(rowsToken)],
    useFactory: (source: DataSource, ...tables: Rows<ObjectLiteral>[]) =>
      new TableCheck(() => checkEntities(source, choice), tables),
  };
}

function storeOf(choice: TableChoice): Provider {
  return {
    provide: MultiFactorAuthStore,
    inject: [NestCore, optionalDataSource(choice), rowsToken(AbstractMultiFactorAuth), Clock],
    useFactory: (_: NestCore, source: DataSource, ...parts: ConstructorParameters<typeof MultiFactorAuthStore>) => {
      // With `manualInitialization`, it is connected later, and knows no entity before.
      if (source.isInitialized) checkEntities(source, choice);
      return new MultiFactorAuthStore(...parts);
    },
  };
}

// Optional, so that what is missing is told by a sentence of the module.
function optionalDataSource({ dataSource }: TableChoice) {
  return { token: getDataSourceToken(dataSource), optional: true };
}

const CREDENTIAL_IDS: Provider = {
  provide: CredentialIds,
  inject: [rowsToken(MfaCredential), MultiFactorAuthStore],
  useFactory: (...parts: ConstructorParameters<typeof CredentialIds>) => new CredentialIds(...parts),
};
