import {
  type DataSource,
  type DeepPartial,
  type EntityTarget,
  type FindManyOptions,
  type FindOptionsWhere,
  FindOperator,
  type ObjectLiteral,
  type Repository,
} from 'typeorm';
import { persistently } from './database-errors.js';

/** What rows are looked up by: text, never null, a number or an object. MariaDB takes 0 for every text. */
export type Lookup<Row> = { [Column in keyof Row]?: string | FindOperator<string> };

/** Columns of a varchar without a length of its own: MariaDB's. */
const VARCHAR_LENGTH = 255;

/**
 * A table of the module, and the one way to it. Each statement runs by itself on the primary, whatever the application's data
 * source does with its own: a replica or a cache would answer with what was, and a decision on that takes a code twice or asks
 * for none.
 */
export class Rows<Row extends ObjectLiteral> {
  private readonly source: DataSource;
  private readonly target: EntityTarget<Row>;

  constructor(private readonly table: Repository<Row>) {
    this.source = table.manager.connection;
    this.target = table.target;
  }

  /** The row with exactly this text, or null. */
  async find(lookup: Lookup<Row>): Promise<Row | null> {
    if (!canExist(lookup)) return null;
    const [row] = await this.all({ where: whereOf(lookup), take: 1 });
    // A table that did not come from the migrations may ignore case, accents and blanks at the end.
    return row && isExact(row, lookup) ? row : null;
  }

  /** The rows that fit. */
  all(options: FindManyOptions<Row>): Promise<Row[]> {
    return this.run((table) => table.find({ ...options, cache: false }));
  }

  /** Adds a row. @throws {TypeError} for text that not every database would keep as it is */
  async insert(row: DeepPartial<Row> & object): Promise<void> {
    this.refuseUnkeepable(row);
    // Without reading back what the database has filled in: nobody needs it.
    await this.run((table) => table.createQueryBuilder().insert().values(row).updateEntity(false).execute());
  }

  /** Changes the one row with this text, and says whether there was one. */
  async update(lookup: Lookup<Row>, change: Parameters<Repository<Row>['update']>[1]): Promise<boolean> {
    if (!canExist(lookup)) return false;
    return (await this.run((table) => table.update(whereOf(lookup), change))).affected === 1;
  }

  /** Removes the rows with this text, and says how many there were. */
  async delete(lookup: Lookup<Row>): Promise<number> {
    if (!canExist(lookup)) return 0;
    return (await this.run((table) => table.delete(whereOf(lookup)))).affected ?? 0;
  }

  /** Runs one statement of another form. */
  run<T>(statement: (table: Repository<Row>) => Promise<T>): Promise<T> {
    return persistently(async () => {
      const runner = this.source.createQueryRunner('master');
      try {
        return await statement(runner.manager.getRepository(this.target));
      } finally {
        await runner.release();
      }
    });
  }

  /** A column, as SQL names it. */
  column(property: string): string {
    return this.source.driver.escape(this.table.metadata.findColumnWithPropertyName(property)!.databaseName);
  }

  private refuseUnkeepable(row: ObjectLiteral): void {
    for (const { propertyName, type, length } of this.table.metadata.columns) {
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
