import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { MfaError } from '../core/mfa-error.js';
import { withTimeLimit } from '../core/within-seconds.js';
import { persistently } from './database-errors.js';

/** Seconds that a statement may wait for a connection, a lock and its answer. */
const PATIENCE_SECONDS = 10;

/** Databases whose rows a transaction can hold. SQLite has one writer anyway. */
const LOCKS_ROWS = /^(postgres|mysql|mariadb)$/;

/** What a statement gives back: the rows that it read, or how many it changed. */
interface StatementResult {
  records: Record<string, unknown>[];
  affected: number;
}

/**
 * The one way of a statement to the database: its own connection to the primary, past every cache, within a time limit. It joins
 * an application's transaction only through `within()`.
 */
export class Statements {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly source: DataSource,
    private readonly transaction?: EntityManager,
  ) {}

  /** Whether a read must lock its row: under REPEATABLE READ, a plain read returns the row as of the transaction's start. */
  get locksReads(): boolean {
    return this.transaction !== undefined && LOCKS_ROWS.test(this.source.options.type);
  }

  /** @throws {TypeError} for a manager without a transaction, or of another data source */
  within(manager: EntityManager): Statements {
    if (manager.connection === this.source && manager.queryRunner?.isTransactionActive) {
      return new Statements(this.source, manager);
    }
    throw new TypeError("within() takes the manager of a transaction on the module's data source.");
  }

  /** Runs a compiled statement. */
  run(text: string, parameters: unknown[]): Promise<StatementResult> {
    const work = async (runner: QueryRunner): Promise<StatementResult> => {
      const { records, affected } = await runner.query(text, parameters, true);
      return { records: records as StatementResult['records'], affected: affected ?? 0 };
    };
    // No retry inside a transaction: the failure may have ended it, and earlier statements would be lost.
    return this.transaction ? inside(this.transaction, work) : this.alone(work);
  }

  private alone<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return persistently(() =>
      this.inTime(async () => {
        const runner = this.source.createQueryRunner('master');
        try {
          // On the runner itself: libraries such as typeorm-transactional replace a repository's manager.
          return await work(runner);
        } finally {
          await runner.release();
        }
      }),
    );
  }

  // A call made inside the application's transaction can wait for what that holds, e.g. the last connection.
  private async inTime<T>(statement: () => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(PATIENCE_SECONDS, statement);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
      this.logger.warn(
        `The database did not answer a statement within ${PATIENCE_SECONDS} s. ` +
          'Inside your own transaction, call e.g. mfa.within(manager).passwordChanged(id).',
      );
      throw new MfaError('unavailable', { retryAfterSeconds: 1, cause: error });
    }
  }
}

function inside<T>({ queryRunner }: EntityManager, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  if (queryRunner?.isTransactionActive) return work(queryRunner);
  throw new TypeError('The transaction that within() was given has ended.');
}
