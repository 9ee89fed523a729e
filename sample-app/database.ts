import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { dataFile } from './data-folder.js';

/** Milliseconds until a silent database server counts as down. A login is then refused and does not wait. */
const PATIENCE = 5000;

/** The data source. Each module brings its entities. */
export const database: TypeOrmModuleOptions = {
  ...source(process.env['DATABASE_URL']),
  autoLoadEntities: true,
  // Makes the tables at the start. Only for a sample: it also changes and drops columns. Use migrations.
  synchronize: true,
};

/** Returns a server, e.g. `postgres://user:password@host:5432/name` or `mysql://…` (also MariaDB), or SQLite in a file. */
function source(url: string | undefined): TypeOrmModuleOptions {
  if (!url) return sqlite(dataFile('sample.sqlite'));
  if (/^postgres(ql)?:/.test(url))
    return { type: 'postgres', url, connectTimeoutMS: PATIENCE, extra: { query_timeout: PATIENCE } };
  if (url.startsWith('mysql:')) return { type: 'mysql', url, connectTimeout: PATIENCE };
  throw new Error('DATABASE_URL is neither postgres:// nor mysql://. Leave it out for SQLite.');
}

function sqlite(file: string): TypeOrmModuleOptions {
  return {
    type: 'better-sqlite3',
    database: file,
    // WAL: readers do not wait for writers, and a login is several times faster than with SQLite's default journal.
    // FULL: a power cut loses nothing that was answered, e.g. that a code was spent.
    prepareDatabase: (connection: { pragma(statement: string): void }) => {
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
    },
  };
}
