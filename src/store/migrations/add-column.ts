import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import type { MfaMigration } from './create-table.js';
import { isMysql, withExactText } from './exact-text.js';
import { escapedPath, prefixedName } from './table-names.js';

/** A column that is never null and has a default, as a later version adds it to a table. */
export interface ColumnPlan {
  /** The entity's table, without the data source's `entityPrefix`. */
  table: string;
  column: Pick<TableColumnOptions, 'name' | 'type' | 'length'> & { default: string };
}

/**
 * Returns the migration that adds one column. It has a default, because instances of the version before go on adding rows without it.
 * It may run again where the column is there: MariaDB commits every statement, so a try that failed after it has made it.
 *
 * It writes its own SQL: TypeORM would copy the whole table on SQLite.
 */
export function addColumn(name: string, { table, column }: ColumnPlan): MfaMigration {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      if (await runner.hasColumn(prefixedName(runner, table), column.name)) return;
      await runner.query(`ALTER TABLE ${escapedPath(runner, table)} ADD COLUMN ${await definition(runner, column)}`);
    }

    async down(runner: QueryRunner): Promise<void> {
      if (!(await runner.hasColumn(prefixedName(runner, table), column.name))) return;
      const escaped = runner.manager.connection.driver.escape(column.name);
      await runner.query(`ALTER TABLE ${escapedPath(runner, table)} DROP COLUMN ${escaped}`);
    }
  };
}

async function definition(runner: QueryRunner, column: ColumnPlan['column']): Promise<string> {
  const [{ collation } = {}] = await withExactText(runner, [column]);
  // MySQL takes the default of a text only as an expression, and SQLite adds no column with one.
  const value = isMysql(runner) && column.type === 'text' ? `(${column.default})` : column.default;
  const sized = column.length ? `${column.type}(${column.length})` : column.type;
  const type = collation ? `${sized} COLLATE ${collation}` : sized;
  return `${runner.manager.connection.driver.escape(column.name)} ${type} NOT NULL DEFAULT ${value}`;
}
