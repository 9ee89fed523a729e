import type { TableColumnOptions } from 'typeorm';
import { preferRetypedColumns } from '../retyped-columns.js';
import { addColumn } from './add-column.js';
import { createTable, type MfaMigration } from './create-table.js';
import {
  AUDIT_EVENT_TABLE,
  CREDENTIAL_TABLE,
  keptSession,
  multiFactorAuthTable,
  OAUTH_CLIENT_TABLE,
  ONLY_RECOVERS,
  RATE_LIMIT_TABLE,
  SESSION_TABLE,
  usedTokens,
} from './table-plans.js';

/** Describes the table of your own `entity`. */
export class MfaMigrationOptions {
  /** Its table. */
  table = 'mfa_multi_factor_auth';
  /** Its column `user_id`, if the entity changes the type, e.g. `{ type: 'integer' }`. */
  userId: Partial<TableColumnOptions> = {};
  /** Columns that the entity adds, as TypeORM's `createTable` takes them. */
  columns: readonly TableColumnOptions[] = [];
}

/**
 * Returns the migrations of the module's tables, for SQLite, PostgreSQL, MariaDB and MySQL.
 * @example
 * ```ts
 * const migrations = [...mfaMigrations({ table: 'user_mfa', userId: { type: 'integer' } }), 'dist/migrations/*.js'];
 * ```
 */
export function mfaMigrations(options: Partial<MfaMigrationOptions> = {}): MfaMigration[] {
  preferRetypedColumns();
  const users = { ...new MfaMigrationOptions(), ...options };
  // A migration that was released is never changed: the next one goes below it, with the time it is written at.
  return [
    createTable('MfaMultiFactorAuth1795219200000', multiFactorAuthTable(users)),
    createTable('MfaSession1795219200001', SESSION_TABLE),
    createTable('MfaOAuthClient1795219200002', OAUTH_CLIENT_TABLE),
    createTable('MfaAuditEvent1795219200003', AUDIT_EVENT_TABLE),
    createTable('MfaRateLimit1795305600000', RATE_LIMIT_TABLE),
    addColumn('MfaUsedTokens1795841400000', usedTokens(users)),
    addColumn('MfaOnlyRecovers1795841400001', ONLY_RECOVERS),
    createTable('MfaCredential1795853400000', CREDENTIAL_TABLE),
    addColumn('MfaKeptSession1795869000000', keptSession(users)),
  ];
}
