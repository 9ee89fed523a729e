import { type EntityManager, MoreThan, type UpdateQueryBuilder } from 'typeorm';
import { AbstractMultiFactorAuth, DISABLED, NEVER } from './abstract-multi-factor-auth.js';
import { type Budget, type BudgetColumns, isOpen, returned, settled, taken } from './budget.js';
import { isUniqueViolation, LostRace } from './database-errors.js';
import type { Rows } from './rows.js';

/** What of a row a decision may change. */
export type MultiFactorAuthChange = Partial<
  Omit<AbstractMultiFactorAuth, 'userId' | 'version' | 'createdAt' | 'updatedAt' | 'enabled'>
>;

type RowUpdate = UpdateQueryBuilder<AbstractMultiFactorAuth>;

/** Reads and changes the rows of users. Every change is one statement that names what it expects. */
export class MultiFactorAuthStore {
  constructor(private readonly rows: Rows<AbstractMultiFactorAuth>) {}

  /** Returns the store bound to a transaction of the application. */
  within(manager: EntityManager): MultiFactorAuthStore {
    return new MultiFactorAuthStore(this.rows.within(manager));
  }

  /** The row of a user, or null. */
  async find(userId: string): Promise<AbstractMultiFactorAuth | null> {
    const row = await this.rows.find({ userId });
    // A retyped column gives a number back, but seals are bound to the id as text.
    return row && Object.assign(row, { userId });
  }

  /** The next rows in the order of their user ids, for work on all of them. */
  async page(after: string | undefined, limit: number): Promise<AbstractMultiFactorAuth[]> {
    const rows = await this.rows.all({
      where: after === undefined ? {} : { userId: MoreThan(after) },
      order: { userId: 'ASC' },
      take: limit,
    });
    return rows.map((row) => Object.assign(row, { userId: String(row.userId as string | number) }));
  }

  /** Makes a user's row. False if another request was first. */
  async create(userId: string, change: MultiFactorAuthChange, now: Date): Promise<boolean> {
    try {
      await this.rows.insert({
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
    const next = {
      ...change,
      ...(proven && settled(proven, this.columns(proven.kind))),
      version: seen.version + 1,
      updatedAt: now,
    };
    const { userId, version } = seen;
    return this.applied((update) => update.set(next).where({ userId, version }));
  }

  /**
   * Takes one attempt of a budget: the last one for now, which locks the account, or with `locks: false` one before it.
   * False if it is the other one's turn, or if there is none. One statement, so that a burst of requests over any number
   * of processes cannot outrun it, and one of them knows that it has locked.
   */
  async spendAttempt(userId: string, budget: Budget, { now, locks }: { now: Date; locks: boolean }): Promise<boolean> {
    const columns = this.columns(budget.kind);
    const at = now.getTime();
    const [change, room] = [taken(budget, columns, at), isOpen(budget, columns, { at, locks })];
    return this.applied((update) => update.set(change).where({ userId }).andWhere(room));
  }

  /** Gives one attempt back: the proof was right, and another request with it was first. */
  async returnAttempt(userId: string, budget: Budget): Promise<void> {
    const change = returned(budget, this.columns(budget.kind));
    await this.applied((update) => update.set(change).where({ userId }));
  }

  private columns(kind: Budget['kind']): BudgetColumns {
    const column = (name: string) => this.rows.column(`${kind}${name}`);
    return { failures: column('Failures'), lockedUntil: column('LockedUntil'), arrival: column('Arrival') };
  }

  private async applied(write: (update: RowUpdate) => RowUpdate): Promise<boolean> {
    try {
      const { affected } = await this.rows.run((manager, table) =>
        write(manager.createQueryBuilder().update(table)).execute(),
      );
      return affected === 1;
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
