import type { DataSourceOptions } from 'typeorm';
import type { BenchDatabase } from './database.js';

/** Connections of each competitor to PostgreSQL: as many as the load has. */
export const POOL = 8;

/** What SQLite is set to, for every competitor. */
export const SQLITE_PRAGMAS = ['journal_mode = WAL', 'synchronous = NORMAL'];

/** The data source of the two competitors on TypeORM. */
export function dataSourceOptions(database: BenchDatabase): DataSourceOptions {
  if (database.kind === 'postgres') return { type: 'postgres', url: database.url, poolSize: POOL };
  return {
    type: 'better-sqlite3',
    database: database.file,
    prepareDatabase: (connection: { pragma(statement: string): void }) =>
      SQLITE_PRAGMAS.forEach((statement) => connection.pragma(statement)),
  };
}
