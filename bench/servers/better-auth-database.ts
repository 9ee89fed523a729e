import type { BetterAuthOptions } from 'better-auth';
import { createRequire } from 'node:module';
import { Pool } from 'pg';
import type { BenchDatabase } from '../database.js';
import { POOL, SQLITE_PRAGMAS } from '../database-options.js';

/** The part of better-sqlite3 that is needed here. It comes without types. */
type Sqlite = new (file: string) => { pragma(statement: string): unknown };

/** The database of better-auth: the same drivers and settings as TypeORM has for the others. */
export function betterAuthDatabase(database: BenchDatabase): BetterAuthOptions['database'] {
  if (database.kind === 'postgres') return new Pool({ connectionString: database.url, max: POOL });
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as Sqlite;
  const connection = new Sqlite(database.file);
  for (const statement of SQLITE_PRAGMAS) connection.pragma(statement);
  return connection;
}
