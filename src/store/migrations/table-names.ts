import type { QueryRunner } from 'typeorm';

/** Returns the table of an entity, with the data source's `entityPrefix`. */
export function prefixedName({ manager: { connection } }: QueryRunner, table: string): string {
  const { entityPrefix } = connection.options;
  return entityPrefix ? connection.namingStrategy.prefixTableName(entityPrefix, table) : table;
}

/** Returns the same as SQL names it, in the data source's schema. */
export function escapedPath(runner: QueryRunner, table: string): string {
  const { driver, options } = runner.manager.connection;
  const { schema } = options as { schema?: string };
  const path = driver.buildTableName(prefixedName(runner, table), schema);
  return path
    .split('.')
    .map((part) => driver.escape(part))
    .join('.');
}
