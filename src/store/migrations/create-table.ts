import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  type TableIndexOptions,
} from 'typeorm';
import { withExactText } from './exact-text.js';
import { prefixedName } from './table-names.js';

/** A migration as TypeORM's option `migrations` takes it. */
export type MfaMigration = new () => MigrationInterface;

/** A table of the module. */
export interface TablePlan {
  /** The entity's table, without the data source's `entityPrefix`. */
  table: string;
  columns: readonly TableColumnOptions[];
  indices?: TableIndexOptions[];
  /** Columns of the application, which stay as they are given. */
  more?: readonly TableColumnOptions[];
}

/**
 * Returns the migration of one table. Each migration has one table, because MariaDB commits every statement: half of a larger one
 * would block the next try.
 */
export function createTable(name: string, plan: TablePlan): MfaMigration {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      const columns = [...(await withExactText(runner, plan.columns)), ...(plan.more ?? [])];
      await runner.createTable(new Table({ name: prefixedName(runner, plan.table), columns, indices: plan.indices }));
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.dropTable(prefixedName(runner, plan.table));
    }
  };
}
