import type { EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

/** Where TypeORM lets a transaction carry what its subscribers are to know. */
const WAITING = 'nestjs-mfa:after-commit';

/**
 * Does something once the application's transaction is committed, and not at all if it is rolled back. It is not waited for:
 * the transaction still holds its connection then, which may be the only one.
 */
export function afterCommit({ queryRunner, connection }: EntityManager, act: () => void): void {
  const { data } = queryRunner!;
  data[WAITING] = [...waitingIn(queryRunner!), act];
  if (!connection.subscribers.includes(SUBSCRIBER)) connection.subscribers.push(SUBSCRIBER);
}

const SUBSCRIBER: EntitySubscriberInterface = {
  afterTransactionCommit: ({ queryRunner }) => {
    for (const act of ended(queryRunner)) act();
  },
  afterTransactionRollback: ({ queryRunner }) => {
    ended(queryRunner);
  },
};

// The end of a nested transaction decides nothing: it is only a savepoint of the one around it.
function ended(queryRunner: QueryRunner): (() => void)[] {
  if (queryRunner.isTransactionActive) return [];
  const waiting = waitingIn(queryRunner);
  delete queryRunner.data[WAITING];
  return waiting;
}

function waitingIn({ data }: QueryRunner): (() => void)[] {
  return (data[WAITING] as (() => void)[] | undefined) ?? [];
}
