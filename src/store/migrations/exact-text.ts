import type { QueryRunner, TableColumnOptions } from 'typeorm';
import { Misconfiguration } from '../../core/misconfiguration.js';

/** Collations that tell all texts apart: MariaDB's and MySQL's. `utf8mb4_bin` is none of them, it ignores blanks at the end. */
const EXACT = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin'];

const TEXT = new Set(['varchar', 'char', 'text']);

/**
 * Returns the columns with text compared byte by byte. MariaDB and MySQL otherwise ignore case, accents and trailing blanks: two
 * users would share a row, and a similar hash would pass for a token's.
 */
export async function withExactText(
  runner: QueryRunner,
  columns: readonly TableColumnOptions[],
): Promise<TableColumnOptions[]> {
  const collation = await exactCollation(runner);
  return columns.map((column) => (collation && TEXT.has(column.type) ? { collation, ...column } : column));
}

/** Says whether the database is MariaDB or MySQL. */
export function isMysql(runner: QueryRunner): boolean {
  return ['mysql', 'mariadb'].includes(runner.manager.connection.options.type);
}

async function exactCollation(runner: QueryRunner): Promise<string | undefined> {
  if (!isMysql(runner)) return undefined;
  const names = EXACT.map((name) => `'${name}'`).join();
  const found = (await runner.query(
    `SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN (${names})`,
  )) as { name: string }[];
  const collation = EXACT.find((exact) => found.some(({ name }) => name === exact));
  if (collation) return collation;
  throw new Misconfiguration('The database cannot tell `ada` from `ada `, e.g. use MariaDB 10.6 or MySQL 8.0.17.');
}
