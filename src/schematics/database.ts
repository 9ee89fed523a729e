import { posix } from 'node:path';
import type { Application } from './application.js';
import { listMigrations } from './data-sources.js';
import type { EditedSource } from './edited-source.js';
import { MIGRATIONS } from './generated.js';

/** What an application needs for the module's tables. */
export interface Database {
  /** Modules to import. */
  modules: string[];
  packages: string[];
  /** Files to write. */
  files: Record<string, string>;
  /** What the developer still has to do. */
  notes: string[];
}

const SQLITE = (typeOrmModule: string, migrations: string) => `${typeOrmModule}.forRoot({
  type: 'better-sqlite3',
  database: process.env['DATABASE_FILE'] ?? 'app.db',
  enableWAL: true,
  autoLoadEntities: true,
  migrations: [...${migrations}()],
  migrationsRun: true,
})`;

/** Lists the module's migrations with the application's data source, or makes a data source for an application without TypeORM. */
export function prepareDatabase(application: Application, root: EditedSource): Database {
  if (!application.anywhere(/['"](@nestjs\/)?typeorm['"]/)) return firstDatabase(root);
  const { listed, left } = listMigrations(application);
  if (listed.length > 0) return { ...NOTHING, notes: [migrated(listed)] };
  const path = posix.join(application.sourceRoot, 'mfa/migrations.ts');
  return { ...NOTHING, files: { [path]: MIGRATIONS }, notes: [unlisted(path, left)] };
}

const NOTHING: Database = { modules: [], packages: [], files: {}, notes: [] };

function firstDatabase(root: EditedSource): Database {
  const [typeOrmModule, migrations] = [
    root.named('TypeOrmModule', '@nestjs/typeorm'),
    root.named('mfaMigrations', 'nestjs-mfa'),
  ];
  return {
    ...NOTHING,
    modules: [SQLITE(typeOrmModule, migrations)],
    packages: ['@nestjs/typeorm', 'typeorm', 'better-sqlite3'],
    notes: [
      `The data is in the SQLite file app.db. For production, configure your own database in ${root.path}: see node_modules/nestjs-mfa/docs/databases.md.`,
    ],
  };
}

function migrated(listed: readonly string[]): string {
  return `The module's migrations are listed in ${listed.join(' and ')}. Run your migrations before you start, unless \`migrationsRun\` or \`synchronize\` is on.`;
}

function unlisted(path: string, left: readonly string[]): string {
  const place = left.length > 0 ? `the data source in ${left.join(' or ')}` : 'your TypeORM data source';
  return `List \`migrations\` of ${path} in the option \`migrations\` of ${place}, and its \`entities\` in \`entities\` unless \`autoLoadEntities\` is on. Then run your migrations.`;
}
