import type { EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

/** The callbacks that wait for the end of a transaction. */
interface Waiting {
  /** The current savepoint depth, relative to where the first callback was added. */
  depth: number;
  callbacks: { depth: number; callback: () => void }[];
  /** True after a failed statement: PostgreSQL then rolls back at the commit. */
  failed: boolean;
}

const WAITING = Symbol('nestjs-mfa:after-commit');

type WaitingRunner = QueryRunner & { [WAITING]?: Waiting };

/** Errors after which MariaDB has rolled back the whole transaction. */
const ENDS_TRANSACTION = new Set<unknown>(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);

/**
 * Runs a callback after the application's transaction commits, and never if it rolls back. The commit does not wait for it: the
 * transaction may hold the only connection.
 */
export function afterCommit({ queryRunner, connection }: EntityManager, callback: () => void): void {
  const runner = queryRunner as WaitingRunner;
  const waiting = (runner[WAITING] ??= { depth: 0, callbacks: [], failed: false });
  waiting.callbacks.push({ depth: waiting.depth, callback });
  // First in the list: if a subscriber of the application throws, TypeORM does not call the next one.
  if (!connection.subscribers.includes(SUBSCRIBER)) connection.subscribers.unshift(SUBSCRIBER);
}

const SUBSCRIBER: EntitySubscriberInterface = {
  afterTransactionStart: ({ queryRunner }) => {
    const waiting = waitingIn(queryRunner);
    if (waiting) waiting.depth += 1;
  },
  afterTransactionCommit: ({ queryRunner }) => {
    const waiting = waitingIn(queryRunner);
    if (!waiting) return;
    if (queryRunner.isTransactionActive) return onSavepointReleased(waiting);
    forget(queryRunner);
    if (!waiting.failed) for (const { callback } of waiting.callbacks) callback();
  },
  afterTransactionRollback: ({ queryRunner }) => {
    const waiting = waitingIn(queryRunner);
    if (!waiting) return;
    if (queryRunner.isTransactionActive) return onSavepointRolledBack(waiting);
    forget(queryRunner);
  },
  afterQuery: ({ queryRunner, success, error }) => {
    const waiting = waitingIn(queryRunner);
    if (!waiting || success) return;
    if (queryRunner.connection.options.type === 'postgres') waiting.failed = true;
    else if (ENDS_TRANSACTION.has((error as { code?: unknown } | null)?.code)) waiting.callbacks = [];
  },
};

// A savepoint was released: its callbacks now belong to the outer transaction.
function onSavepointReleased(waiting: Waiting): void {
  waiting.depth -= 1;
  for (const one of waiting.callbacks) one.depth = Math.min(one.depth, waiting.depth);
}

// Rolled back to a savepoint: drop the callbacks added since. A statement that failed since is undone as well.
function onSavepointRolledBack(waiting: Waiting): void {
  waiting.depth -= 1;
  waiting.callbacks = waiting.callbacks.filter(({ depth }) => depth <= waiting.depth);
  waiting.failed = false;
}

function waitingIn(queryRunner: QueryRunner): Waiting | undefined {
  return (queryRunner as WaitingRunner)[WAITING];
}

function forget(queryRunner: QueryRunner): void {
  delete (queryRunner as WaitingRunner)[WAITING];
}
