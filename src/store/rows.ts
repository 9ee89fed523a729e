import { type DeepPartial, type FindOptionsWhere, FindOperator, type ObjectLiteral, type Repository } from 'typeorm';
import { persistently } from './database-errors.js';

/** What rows are looked up by: text, never null, a number or an object. MariaDB takes 0 for every text. */
export type Lookup<Row> = { [Column in keyof Row]?: string | FindOperator<string> };

/** Columns of a varchar without a length of its own: MariaDB's. */
const VARCHAR_LENGTH = 255;

/** The row with exactly this text, or null. */
export async function findRow<Row extends ObjectLiteral>(
  rows: Repository<Row>,
  lookup: Lookup<Row>,
): Promise<Row | null> {
  if (!canExist(lookup)) return null;
  const row = await persistently(() => rows.findOneBy(whereOf(lookup)));
  // A table that did not come from the migrations may ignore case, accents and blanks at the end.
  return row && isExact(row, lookup) ? row : null;
}

/** Adds a row. @throws {TypeError} for text that not every database would keep as it is */
export async function insertRow<Row extends ObjectLiteral>(
  rows: Repository<Row>,
  row: DeepPartial<Row> & object,
): Promise<void> {
  refuseUnkeepable(rows, row);
  const insert = rows.createQueryBuilder().insert().values(row);
  // Without reading back what the database has filled in: nobody needs it.
  await persistently(() => insert.updateEntity(false).execute());
}

/** Changes the one row with this text, and says whether there was one. */
export async function updateRow<Row extends ObjectLiteral>(
  rows: Repository<Row>,
  lookup: Lookup<Row>,
  change: Parameters<Repository<Row>['update']>[1],
): Promise<boolean> {
  if (!canExist(lookup)) return false;
  return (await persistently(() => rows.update(whereOf(lookup), change))).affected === 1;
}

/** Removes the rows with this text, and says how many there were. */
export async function deleteRows<Row extends ObjectLiteral>(
  rows: Repository<Row>,
  lookup: Lookup<Row>,
): Promise<number> {
  if (!canExist(lookup)) return 0;
  return (await persistently(() => rows.delete(whereOf(lookup)))).affected ?? 0;
}

/** A column of a table, as SQL names it. */
export function columnOf<Row extends ObjectLiteral>({ manager, metadata }: Repository<Row>, property: string): string {
  return manager.connection.driver.escape(metadata.findColumnWithPropertyName(property)!.databaseName);
}

function whereOf<Row extends ObjectLiteral>(lookup: Lookup<Row>): FindOptionsWhere<Row> {
  return lookup as FindOptionsWhere<Row>;
}

/** @throws {TypeError} for anything but text: a query with it could match every row */
function canExist(lookup: object): boolean {
  const texts = Object.values(lookup).flatMap(textsOf);
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    throw new TypeError('Rows are looked up by text only.');
  }
  return texts.every(isKeepable);
}

function isExact(row: ObjectLiteral, lookup: object): boolean {
  return Object.entries(lookup).every(([column, value]) => textsOf(value).includes(String(row[column])));
}

function textsOf(value: unknown): unknown[] {
  return value instanceof FindOperator ? [value.value as unknown].flat() : [value];
}

/** PostgreSQL refuses NUL, and half of a surrogate pair becomes one and the same sign for all of them. */
function isKeepable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

function refuseUnkeepable<Row extends ObjectLiteral>({ metadata }: Repository<Row>, row: ObjectLiteral): void {
  for (const { propertyName, type, length } of metadata.columns) {
    const text: unknown = row[propertyName];
    if (typeof text !== 'string') continue;
    const most = type === 'varchar' ? Number(length) || VARCHAR_LENGTH : Infinity;
    // Cut off, as MariaDB does where it is not strict, two users could become one.
    if (!isKeepable(text) || [...text].length > most) {
      throw new TypeError(
        `${propertyName} must have at most ${most} characters, and neither NUL nor half a character.`,
      );
    }
  }
}
