import { MoreThan, type Repository, type UpdateQueryBuilder } from 'typeorm';
import { AbstractMultiFactorAuth, DISABLED, NEVER } from './abstract-multi-factor-auth.js';
import { isUniqueViolation, LostRace, persistently } from './database-errors.js';
import { findRow, insertRow } from './rows.js';

/** What of a row a decision may change. */
export type MultiFactorAuthChange = Partial<
  Omit<AbstractMultiFactorAuth, 'userId' | 'version' | 'createdAt' | 'updatedAt' | 'enabled'>
>;

/** The limits of one kind of proof, and which columns count it. */
export interface Budget {
  kind: 'code' | 'backup';
  /** Seconds of the lock after each wrong proof in a row, from the `freeFailures`th on. The last one repeats. */
  lockSeconds: readonly number[];
  freeFailures: number;
  /** Wrong proofs in a row after which only another factor or an administrator helps. */
  maxFailures: number;
  /** The rolling limit, which a success does not wash away: so many at once, and one more each `refillSeconds`. */
  burst: number;
  refillSeconds: number;
}

/** Reads and changes the rows of users. Every change is one statement that names what it expects. */
export class MultiFactorAuthStore {
  constructor(private readonly rows: Repository<AbstractMultiFactorAuth>) {}

  /** The row of a user, or null. */
  async find(userId: string): Promise<AbstractMultiFactorAuth | null> {
    const row = await findRow(this.rows, { userId });
    // A retyped column gives a number back, but seals are bound to the id as text.
    return row && Object.assign(row, { userId });
  }

  /** The next rows in the order of their user ids, for work on all of them. */
  async page(after: string | undefined, limit: number): Promise<AbstractMultiFactorAuth[]> {
    const rows = await persistently(() =>
      this.rows.find({
        where: after === undefined ? {} : { userId: MoreThan(after) },
        order: { userId: 'ASC' },
        take: limit,
        loadEagerRelations: false,
      }),
    );
    return rows.map((row) => Object.assign(row, { userId: String(row.userId as string | number) }));
  }

  /** Makes a user's row. False if another request was first. */
  async create(userId: string, change: MultiFactorAuthChange, now: Date): Promise<boolean> {
    try {
      await insertRow(this.rows, {
        ...blank(),
        ...change,
        userId,
        version: 0,
        createdAt: now,
        updatedAt: now,
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error) || error instanceof LostRace) return false;
      throw error;
    }
  }

  /**
   * Changes a row, if it still is as it was seen. False if another request was first; read again and decide anew.
   * With `proven`, the change rests on a right proof of that budget: it ends the locks and gives its attempt back.
   */
  async change(
    seen: AbstractMultiFactorAuth,
    change: MultiFactorAuthChange,
    now: Date,
    proven?: Budget,
  ): Promise<boolean> {
    const next = { ...change, ...(proven && this.settled(proven)), version: seen.version + 1, updatedAt: now };
    return this.applied(
      this.rows.createQueryBuilder().update().set(next).where({ userId: seen.userId, version: seen.version }),
    );
  }

  /**
   * Takes one attempt of a budget: the last one for now, which locks the account, or with `locks: false` one before it.
   * False if it is the other one's turn, or if there is none. One statement, so that a burst of requests over any number
   * of processes cannot outrun it, and one of them knows that it has locked.
   */
  async spendAttempt(userId: string, budget: Budget, { now, locks }: { now: Date; locks: boolean }): Promise<boolean> {
    const { failures, lockedUntil, arrival } = this.columns(budget.kind);
    const refill = budget.refillSeconds * 1000;
    const at = now.getTime();
    const isLast = `(${failures} >= ${budget.freeFailures - 1} OR ${arrival} > ${at + refill * (budget.burst - 2)})`;
    // MariaDB evaluates SET from left to right: what depends on the count stands before it.
    const taken = {
      [`${budget.kind}LockedUntil`]: () => lockAfter(budget, { failures, lockedUntil, at }),
      [`${budget.kind}Arrival`]: () =>
        `CASE WHEN ${arrival} > ${at} THEN ${arrival} ELSE ${at} + 0 * ${arrival} END + ${refill}`,
      [`${budget.kind}Failures`]: () => `${failures} + 1`,
    };
    return this.applied(
      this.rows
        .createQueryBuilder()
        .update()
        .set(taken)
        .where({ userId })
        .andWhere(`${lockedUntil} <= ${at}`)
        .andWhere(`${failures} < ${budget.maxFailures}`)
        .andWhere(`${arrival} <= ${at + refill * (budget.burst - 1)}`)
        .andWhere(locks ? isLast : `NOT ${isLast}`),
    );
  }

  /** Gives one attempt back: the proof was right, and another request with it was first. */
  async returnAttempt(userId: string, budget: Budget): Promise<void> {
    const { failures, lockedUntil, arrival } = this.columns(budget.kind);
    const returned = {
      [`${budget.kind}LockedUntil`]: () =>
        `CASE WHEN ${failures} <= ${budget.freeFailures} THEN 0 * ${lockedUntil} ELSE ${lockedUntil} END`,
      [`${budget.kind}Arrival`]: () => `${arrival} - ${budget.refillSeconds * 1000}`,
      // The one that won has set the count to 0 already, but has given back only its own attempt of the rolling limit.
      [`${budget.kind}Failures`]: () => `CASE WHEN ${failures} > 0 THEN ${failures} - 1 ELSE ${failures} END`,
    };
    await this.applied(this.rows.createQueryBuilder().update().set(returned).where({ userId }));
  }

  private settled({ kind, refillSeconds }: Budget): object {
    const { arrival } = this.columns(kind);
    return {
      // Only its own attempt goes back to the rolling limit: a success must not wash earlier failures away.
      [`${kind}Arrival`]: () => `${arrival} - ${refillSeconds * 1000}`,
      codeFailures: 0,
      codeLockedUntil: NEVER,
      backupFailures: 0,
      backupLockedUntil: NEVER,
    };
  }

  private columns(kind: Budget['kind']): Record<'failures' | 'lockedUntil' | 'arrival', string> {
    const column = (name: string) => {
      const { databaseName } = this.rows.metadata.findColumnWithPropertyName(`${kind}${name}`)!;
      return this.rows.manager.connection.driver.escape(databaseName);
    };
    return { failures: column('Failures'), lockedUntil: column('LockedUntil'), arrival: column('Arrival') };
  }

  private async applied(update: UpdateQueryBuilder<AbstractMultiFactorAuth>): Promise<boolean> {
    try {
      return (await persistently(() => update.execute())).affected === 1;
    } catch (error) {
      if (error instanceof LostRace) return false;
      throw error;
    }
  }
}

function blank(): MultiFactorAuthChange {
  return {
    challengeType: DISABLED,
    phoneNumber: '',
    factors: [],
    pendingFactors: [],
    sentMessages: [],
    codeFailures: 0,
    codeLockedUntil: NEVER,
    codeArrival: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
    backupArrival: NEVER,
    authEpoch: 0,
  };
}

/** The SQL for the end of the lock that the attempt being taken brings about, if it is refused. */
function lockAfter(
  budget: Budget,
  { failures, lockedUntil, at }: { failures: string; lockedUntil: string; at: number },
): string {
  const { lockSeconds, freeFailures } = budget;
  if (lockSeconds.length === 0) return lockedUntil;
  const steps = lockSeconds
    .slice(0, -1)
    .map((seconds, step) => `WHEN ${failures} = ${freeFailures - 1 + step} THEN ${at + seconds * 1000}`);
  const last = at + lockSeconds.at(-1)! * 1000;
  return `CASE WHEN ${failures} < ${freeFailures - 1} THEN ${lockedUntil} ${steps.join(' ')} ELSE ${last} + 0 * ${lockedUntil} END`;
}
