import type { TableColumnOptions } from 'typeorm';
import { count, moment, text, varchar, ZERO } from './columns.js';
import type { ColumnPlan } from './add-column.js';
import type { TablePlan } from './create-table.js';

/** The application's part of the users' table. */
interface UserTable {
  table: string;
  userId: Partial<TableColumnOptions>;
  columns: readonly TableColumnOptions[];
}

/** The users' rows. */
export function multiFactorAuthTable({ table, userId, columns }: UserTable): TablePlan {
  return {
    table,
    columns: [
      // Without a length, as the entity has it. MariaDB makes it 255, and MultiFactorAuthStore refuses longer ids.
      { name: 'user_id', type: 'varchar', ...userId, isPrimary: true },
      varchar('challenge_type', 32, { default: "''" }),
      varchar('phone_number', 15, { default: "''" }),
      text('factors'),
      text('pending_factors'),
      text('sent_messages'),
      count('code_failures', ZERO),
      moment('code_locked_until', ZERO),
      moment('code_arrival', ZERO),
      count('backup_failures', ZERO),
      moment('backup_locked_until', ZERO),
      moment('backup_arrival', ZERO),
      count('known_code_failures', ZERO),
      moment('known_code_locked_until', ZERO),
      count('known_backup_failures', ZERO),
      moment('known_backup_locked_until', ZERO),
      count('auth_epoch', ZERO),
      count('version', ZERO),
      moment('created_at'),
      moment('updated_at'),
    ],
    more: columns,
  };
}

/** The sessions of both logins. */
export const SESSION_TABLE: TablePlan = {
  table: 'mfa_session',
  columns: [
    varchar('id', 36, { isPrimary: true }),
    varchar('user_id', 255, { isNullable: true }),
    varchar('client_id', 100, { isNullable: true }),
    text('scope'),
    text('granted_scope'),
    varchar('amr', 255),
    moment('signed_in_at'),
    moment('factor_proven_at', { isNullable: true }),
    count('step_up_failures', ZERO),
    count('step_up_told', ZERO),
    count('auth_epoch'),
    varchar('token_hash', 64),
    moment('token_expires_at'),
    moment('idle_expires_at'),
    varchar('refresh_hash', 64, { isNullable: true }),
    text('replaced_refreshes'),
    moment('expires_at'),
  ],
  indices: [
    { columnNames: ['user_id'] },
    { columnNames: ['token_hash'], isUnique: true },
    { columnNames: ['expires_at'] },
  ],
};

/** The clients of the OAuth2 login. */
export const OAUTH_CLIENT_TABLE: TablePlan = {
  table: 'mfa_oauth_client',
  columns: [
    varchar('id', 100, { isPrimary: true }),
    varchar('name', 255),
    varchar('secret_hash', 255, { isNullable: true }),
    varchar('grants', 255),
    text('scopes'),
    moment('created_at'),
  ],
};

/** The events, with `audit: true`. The table is always made, so the option needs no migration. */
export const AUDIT_EVENT_TABLE: TablePlan = {
  table: 'mfa_event',
  columns: [
    varchar('id', 36, { isPrimary: true }),
    varchar('user_id', 255, { isNullable: true }),
    varchar('type', 32),
    varchar('challenge_type', 32, { isNullable: true }),
    varchar('purpose', 16, { isNullable: true }),
    varchar('network', 64, { isNullable: true }),
    varchar('session_id', 36, { isNullable: true }),
    varchar('client_id', 64, { isNullable: true }),
    varchar('amr', 255, { isNullable: true }),
    moment('at'),
  ],
  indices: [{ columnNames: ['user_id'] }, { columnNames: ['at'] }],
};

/** The limits in use. */
export const RATE_LIMIT_TABLE: TablePlan = {
  table: 'mfa_rate_limit',
  columns: [varchar('id', 64, { isPrimary: true }), count('taken', ZERO), moment('expires_at')],
  indices: [{ columnNames: ['expires_at'] }],
};

/** Whose a credential is. */
export const CREDENTIAL_TABLE: TablePlan = {
  table: 'mfa_credential',
  columns: [
    varchar('id', 64, { isPrimary: true }),
    varchar('user_id', 255),
    varchar('factor_id', 36),
    moment('created_at'),
  ],
  indices: [{ columnNames: ['user_id'] }],
};

/** The tokens of pending logins that were used. */
export function usedTokens({ table }: UserTable): ColumnPlan {
  return { table, column: { name: 'used_tokens', type: 'text', default: "'[]'" } };
}

/** The session that goes on in the user's epoch. */
export function keptSession({ table }: UserTable): ColumnPlan {
  return { table, column: { name: 'kept_session', type: 'varchar', length: '64', default: "''" } };
}

/** Whether a session may only enrol a factor or get new recovery codes. */
export const ONLY_RECOVERS: ColumnPlan = {
  table: 'mfa_session',
  column: { name: 'only_recovers', type: 'integer', default: '0' },
};
