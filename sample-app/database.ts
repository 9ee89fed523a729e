import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { dataFile } from './data-folder.js';

/** The data source. Every entity comes with the module that uses it. */
export const database: TypeOrmModuleOptions = {
  type: 'better-sqlite3',
  database: dataFile('sample.sqlite'),
  autoLoadEntities: true,
  // Makes tables at the start. Only for a sample: it also changes and drops what it thinks superfluous. Use migrations.
  synchronize: true,
  // WAL: readers do not wait for writers, and a login is several times faster than with SQLite's default journal.
  // FULL: what was answered is still there after a power cut, e.g. that a code was spent.
  prepareDatabase: (connection: { pragma(statement: string): void }) => {
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
  },
};
