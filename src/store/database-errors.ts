import { MfaError } from '../core/mfa-error.js';

const UNIQUE = new Set(['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** Another request was first, and the database says so at once: PostgreSQL's 40001 and 40P01, MariaDB's 1213 and 1020. */
const OVERTAKEN = new Set(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);

/** Another request holds the row, and the database has waited: PostgreSQL's 55P03, MariaDB's 1205, and all of SQLite's. */
const TIMED_OUT = /^(55P03|ER_LOCK_WAIT_TIMEOUT|SQLITE_BUSY(_\w+)?)$/;

const TRIES = 30;

/** A statement that lost its race too often. It changed nothing, so the client can try again: 503. */
export class LostRace extends MfaError {
  constructor(cause: unknown) {
    super('unavailable', { retryAfterSeconds: 1, cause });
  }
}

/** Says whether an insert failed because the row exists. TypeORM's `orIgnore` does not report it reliably. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE.has(codeOf(error));
}

/** Runs a statement that only the first of concurrent requests may carry out. False for one that was too late. */
export async function firstOf(write: () => Promise<boolean>): Promise<boolean> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error) || error instanceof LostRace) return false;
    throw error;
  }
}

/**
 * Runs one statement outside of a transaction. Under a strict isolation level it can lose a race. The database then undoes it
 * whole, and it runs again. @throws {LostRace} after many tries, or after one long wait
 */
export async function persistently<T>(statement: () => Promise<T>): Promise<T> {
  for (let tries = TRIES; ; tries--) {
    try {
      return await statement();
    } catch (error) {
      const code = codeOf(error);
      if (!OVERTAKEN.has(code) && !TIMED_OUT.test(code)) throw error;
      if (tries === 1 || TIMED_OUT.test(code)) throw new LostRace(error);
    }
  }
}

const NO_TABLE = new Set(['42P01', '3F000', 'ER_NO_SUCH_TABLE']);
const NO_COLUMN = new Set(['42703', 'ER_BAD_FIELD_ERROR']);

/** Says what a statement has named that the database does not have, or undefined if it failed for another reason. */
export function missingPart(error: unknown): 'table' | 'column' | undefined {
  const code = codeOf(error);
  // SQLite has one code for both, and for much else.
  const { message } = error as Error;
  if (NO_TABLE.has(code) || (code === 'SQLITE_ERROR' && /\bno such table\b/.test(message))) return 'table';
  return NO_COLUMN.has(code) || (code === 'SQLITE_ERROR' && /\bno such column\b/.test(message)) ? 'column' : undefined;
}

function codeOf(error: unknown): string {
  // Checked by shape: with two copies of TypeORM, `instanceof` fails.
  const { driverError } = (error ?? {}) as { driverError?: { code?: unknown } };
  return typeof driverError?.code === 'string' ? driverError.code : '';
}
