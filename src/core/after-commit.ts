import type { EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

/** What waits for the end of a transaction. */
interface Waiting {
  /** How deep the transaction is nested, counted from where the first of them began to wait. */
  depth: number;
  acts: { depth: number; act: () => void }[];
}

const WAITING = Symbol('nestjs-mfa:after-commit');

type WaitingRunner = QueryRunner & { [WAITING]?: Waiting };

/** Errors after which MariaDB has rolled the whole transaction back. After any error, PostgreSQL rolls back at the commit. */
const ENDS_TRANSACTION = new Set<unknown>(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);

/**
 * Does something once the application's transaction is committed, and not at all if it is rolled back. It is not waited for:
 * the transaction still holds its connection then, which may be the only one.
 */
export function afterCommit({ queryRunner, connection }: EntityManager, act: () => void): void {
  const runner = queryRunner as WaitingRunner;
  const waiting = (runner[WAITING] ??= { depth: 0, acts: [] });
  waiting.acts.push({ depth: waiting.depth, act });
  // First in the list: one of the application that throws would keep ours from being called.
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
    if (queryRunner.isTransactionActive) return released(waiting);
    forget(queryRunner);
    for (const { act } of waiting.acts) act();
  },
  afterTransactionRollback: ({ queryRunner }) => {
    const waiting = waitingIn(queryRunner);
    if (!waiting) return;
    if (queryRunner.isTransactionActive) return undone(waiting);
    forget(queryRunner);
  },
  afterQuery: ({ queryRunner, success, error }) => {
    const waiting = waitingIn(queryRunner);
    if (waiting && !success && hasEnded(queryRunner, error)) waiting.acts = [];
  },
};

// A savepoint is released: what happened since belongs to the transaction around it.
function released(waiting: Waiting): void {
  waiting.depth -= 1;
  for (const one of waiting.acts) one.depth = Math.min(one.depth, waiting.depth);
}

// The transaction goes on from a savepoint: what happened since has not happened.
function undone(waiting: Waiting): void {
  waiting.depth -= 1;
  waiting.acts = waiting.acts.filter(({ depth }) => depth <= waiting.depth);
}

function hasEnded({ connection }: QueryRunner, error: unknown): boolean {
  return connection.options.type === 'postgres' || ENDS_TRANSACTION.has((error as { code?: unknown } | null)?.code);
}

function waitingIn(queryRunner: QueryRunner): Waiting | undefined {
  return (queryRunner as WaitingRunner)[WAITING];
}

function forget(queryRunner: QueryRunner): void {
  delete (queryRunner as WaitingRunner)[WAITING];
}
