import { Logger } from '@nestjs/common';
import {
  type DataSource,
  type DeepPartial,
  type EntityManager,
  type EntityTarget,
  type FindManyOptions,
  type FindOptionsWhere,
  FindOperator,
  type ObjectLiteral,
  type Repository,
} from 'typeorm';
import { MfaError } from '../core/mfa-error.js';
import { withinSeconds } from '../core/within-seconds.js';
import { persistently } from './database-errors.js';

/** What rows are looked up by: text, never null, a number or an object. MariaDB takes 0 for every text. */
export type Lookup<Row> = { [Column in keyof Row]?: string | FindOperator<string> };

/** One statement on a table, run by the given manager. */
export type Statement<Row, T> = (manager: EntityManager, target: EntityTarget<Row>) => Promise<T>;

/** Columns of a varchar without a length of its own: MariaDB's. */
const VARCHAR_LENGTH = 255;

/** Seconds that a statement may wait for a connection, a lock and its answer. */
const PATIENCE_SECONDS = 10;

/** Databases whose rows a transaction can hold. SQLite has one writer anyway. */
const LOCKS_ROWS = /^(postgres|mysql|mariadb)$/;

/**
 * The only access to a table. Each statement runs on its own connection to the primary, and never from the query cache: a stale
 * row would let a code be used twice or skip the second factor. It joins an application's transaction only through `within()`.
 */
export class Rows<Row extends ObjectLiteral> {
  private readonly logger = new Logger('MfaModule');
  private readonly source: DataSource;
  private readonly target: EntityTarget<Row>;

  constructor(
    private readonly table: Repository<Row>,
    private readonly transaction?: EntityManager,
  ) {
    this.source = table.manager.connection;
    this.target = table.target;
  }

  /**
   * Returns the table bound to a transaction of the application. Reads lock the row: under REPEATABLE READ an unlocked read
   * would return the row as of the start of the transaction.
   * @throws {TypeError} for a manager without a transaction, or of another data source
   */
  within(manager: EntityManager): Rows<Row> {
    if (manager.connection === this.source && manager.queryRunner?.isTransactionActive) {
      return new Rows(this.table, manager);
    }
    throw new TypeError("within() takes the manager of a transaction on the module's data source.");
  }

  /** The row with exactly this text, or null. */
  async find(lookup: Lookup<Row>): Promise<Row | null> {
    if (!canExist(lookup)) return null;
    const [row] = await this.all({ where: whereOf(lookup), take: 1 });
    // A table that did not come from the migrations may ignore case, accents and blanks at the end.
    return row && isExact(row, lookup) ? row : null;
  }

  /** All rows that match. */
  all(options: FindManyOptions<Row>): Promise<Row[]> {
    const isLocking = this.transaction && LOCKS_ROWS.test(this.source.options.type);
    const lock = isLocking ? { mode: 'pessimistic_write' as const } : undefined;
    // Relations of the application's entity are not needed, and PostgreSQL cannot lock the nullable side of a join.
    return this.run((manager, target) =>
      // A row that the application has soft-deleted still says that MFA is on.
      manager.find(target, { ...options, cache: false, loadEagerRelations: false, withDeleted: true, lock }),
    );
  }

  /** Adds a row. @throws {TypeError} for text that not every database would keep as it is */
  async insert(row: DeepPartial<Row> & object): Promise<void> {
    this.refuseUnkeepable(row);
    // Without reading back what the database has filled in: nobody needs it.
    await this.run((manager, target) =>
      manager.createQueryBuilder().insert().into(target).values(row).updateEntity(false).execute(),
    );
  }

  /** Changes the one row with this text, and says whether there was one. */
  async update(lookup: Lookup<Row>, change: Parameters<Repository<Row>['update']>[1]): Promise<boolean> {
    if (!canExist(lookup)) return false;
    return (await this.run((manager, target) => manager.update(target, whereOf(lookup), change))).affected === 1;
  }

  /** Removes the rows with this text, and says how many there were. */
  async delete(lookup: Lookup<Row>): Promise<number> {
    if (!canExist(lookup)) return 0;
    return (await this.run((manager, target) => manager.delete(target, whereOf(lookup)))).affected ?? 0;
  }

  /** Runs a statement that the other methods do not cover. */
  run<T>(statement: Statement<Row, T>): Promise<T> {
    // No retry inside a transaction: the failure may have ended it, and earlier statements would be lost.
    return this.transaction ? this.inside(this.transaction, statement) : this.alone(statement);
  }

  private inside<T>(transaction: EntityManager, statement: Statement<Row, T>): Promise<T> {
    if (transaction.queryRunner?.isTransactionActive) return statement(transaction, this.target);
    throw new TypeError('The transaction that within() was given has ended.');
  }

  private alone<T>(statement: Statement<Row, T>): Promise<T> {
    return persistently(() =>
      this.inTime(async () => {
        const runner = this.source.createQueryRunner('master');
        try {
          // Through the runner's manager, not a repository: libraries such as typeorm-transactional replace a repository's.
          return await statement(runner.manager, this.target);
        } finally {
          await runner.release();
        }
      }),
    );
  }

  // A call made inside the application's transaction can wait for what that holds, e.g. the last connection.
  private async inTime<T>(statement: () => Promise<T>): Promise<T> {
    try {
      return await withinSeconds(PATIENCE_SECONDS, statement);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
      this.logger.warn(
        `The database did not answer a statement within ${PATIENCE_SECONDS} s. ` +
          'Inside your own transaction, call e.g. mfa.within(manager).passwordChanged(id).',
      );
      throw new MfaError('unavailable', { retryAfterSeconds: 1, cause: error });
    }
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
