import { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { AbstractMultiFactorAuth, DISABLED, NEVER } from './abstract-multi-factor-auth.js';
import { backdated } from './backdated.js';
import { firstOf } from './database-errors.js';
import type { Rows } from './rows.js';
import { withPrototype } from './table-columns.js';

/** The columns that a decision may change. */
export type MultiFactorAuthChange = Partial<
  Omit<AbstractMultiFactorAuth, 'userId' | 'version' | 'createdAt' | 'updatedAt' | 'enabled'>
>;

/** A row as it was read, or null for a user who has none. */
export type SeenRow = AbstractMultiFactorAuth | null;

/** A decision over a row: its change, or none, and its outcome. */
export interface Amendment<Outcome> {
  change?: MultiFactorAuthChange;
  outcome: Outcome;
}

/** The row after the change, and the outcome of the decision. */
export interface Amended<Outcome> {
  row: SeenRow;
  outcome: Outcome;
}

/** Requests that may come first with the same row before one gives up. */
const TRIES = 20;

/** As text, and as a UUID. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Reads and changes users' rows. Each change is one statement over the version that it was decided on. */
export class MultiFactorAuthStore {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly rows: Rows<AbstractMultiFactorAuth>,
    /** The time of its rows. */
    readonly clock: Clock,
  ) {}

  /** Returns the store bound to a transaction of the application. */
  within(manager: EntityManager): MultiFactorAuthStore {
    return new MultiFactorAuthStore(this.rows.within(manager), this.clock);
  }

  /** An id that no user has. Looking it up makes the same work as looking up a user's. */
  get nobody(): string {
    return /int|num|dec|serial/.test(this.rows.typeOf('userId')) ? '0' : NOBODY;
  }

  /** The row of a user, or null. One that was written while the clock was ahead is put right first. */
  async find(userId: string): Promise<SeenRow> {
    for (let tries = TRIES; tries > 0; tries--) {
      const row = await this.rows.find({ userId });
      // A retyped column gives a number back, but seals are bound to the id as text.
      const seen = row && Object.assign(row, { userId });
      const change = seen && backdated(seen, this.clock.now());
      if (!change) return seen;
      const changed = await this.change(seen, change);
      if (changed) return changed;
    }
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  /** The next rows in the order of their user ids, for work on all of them. */
  async page(after: string | undefined, limit: number): Promise<AbstractMultiFactorAuth[]> {
    const from = after === undefined ? '' : 'WHERE {userId} > ? ';
    const text = `SELECT {columns} FROM {table} ${from}ORDER BY {userId} LIMIT ?`;
    const rows = await this.rows.read(text, [...(after === undefined ? [] : [after]), limit]);
    return rows.map((row) => Object.assign(row, { userId: String(row.userId as string | number) }));
  }

  /** The next rows with a request that is not confirmed, in the order of their user ids. */
  async pageOfRequests(after: string | undefined, limit: number): Promise<AbstractMultiFactorAuth[]> {
    const from = after === undefined ? '' : 'AND {userId} > ? ';
    const text = `SELECT {columns} FROM {table} WHERE {pendingFactors} <> '[]' ${from}ORDER BY {userId} LIMIT ?`;
    const rows = await this.rows.read(text, [...(after === undefined ? [] : [after]), limit]);
    return rows.map((row) => Object.assign(row, { userId: String(row.userId as string | number) }));
  }

  /**
   * Changes a user's row by a decision over it. If another request was first, it reads again and decides again, so `decide` may
   * run several times and must not write. It refuses by throwing. A user without a row gets one, if there is a change.
   * @param seen the row, if the request has read it already
   * @throws {MfaError} `locked`, to be tried again in a second, if others were first every time
   */
  async amend<Outcome>(
    userId: string,
    decide: (row: SeenRow, now: Date) => Amendment<Outcome> | Promise<Amendment<Outcome>>,
    seen?: SeenRow,
  ): Promise<Amended<Outcome>> {
    let row = seen === undefined ? await this.find(userId) : seen;
    for (let tries = TRIES; tries > 0; tries--) {
      const { change, outcome } = await decide(row, this.clock.now());
      if (!change) return { row, outcome };
      const written = row ? await this.change(row, change) : await this.create(userId, change);
      if (written) return { row: written, outcome };
      row = await this.find(userId);
    }
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  /** Changes a row, if it still is as it was seen, and gives the new one. Null if another request was first. */
  async change(seen: AbstractMultiFactorAuth, change: MultiFactorAuthChange): Promise<AbstractMultiFactorAuth | null> {
    const { userId, version } = seen;
    const next = { ...change, version: version + 1, updatedAt: this.clock.now() };
    const isFirst = await firstOf(async () => (await this.rows.change({ userId, version }, next)) === 1);
    return isFirst ? withChange(seen, next) : null;
  }

  /** Removes a user's row, whatever is in it, or only this version of it. Says whether there was one. */
  async remove(userId: string, version?: number): Promise<boolean> {
    if (version === undefined) return (await this.rows.delete({ userId })) === 1;
    return (await this.rows.write('DELETE FROM {table} WHERE {userId} = ? AND {version} = ?', [userId, version])) === 1;
  }

  /** Makes a user's row. Null if another request was first. */
  async create(userId: string, change: MultiFactorAuthChange): Promise<AbstractMultiFactorAuth | null> {
    const now = this.clock.now();
    const row = { ...blank(), ...change, userId, version: 0, createdAt: now, updatedAt: now };
    const isFirst = await firstOf(() => this.rows.insertIfAbsent(row as AbstractMultiFactorAuth, 'userId'));
    if (isFirst && this.rows.isRetyped('userId')) await this.refuseIfRewritten(userId);
    return isFirst ? withPrototype(AbstractMultiFactorAuth.prototype, row) : null;
  }

  // A UUID in upper case, or 007 in a column of numbers, comes back in another spelling. Its row would never be found again.
  private async refuseIfRewritten(userId: string): Promise<void> {
    if (await this.find(userId)) return;
    await this.remove(userId);
    this.logger.error(
      'The column user_id gives a user id back in another spelling. Give ids as it keeps them, e.g. 7 and not 007.',
    );
    throw new TypeError('A user id comes back from the database in another spelling.');
  }
}

/** A row with a change in it. What was seen stays as it is. */
function withChange(seen: AbstractMultiFactorAuth, change: object): AbstractMultiFactorAuth {
  return withPrototype(Object.getPrototypeOf(seen) as object, { ...seen, ...change });
}

function blank(): MultiFactorAuthChange {
  return {
    challengeType: DISABLED,
    phoneNumber: '',
    factors: [],
    pendingFactors: [],
    sentMessages: [],
    usedTokens: [],
    codeFailures: 0,
    codeLockedUntil: NEVER,
    codeArrival: NEVER,
    backupFailures: 0,
    backupLockedUntil: NEVER,
    backupArrival: NEVER,
    knownCodeFailures: 0,
    knownCodeLockedUntil: NEVER,
    knownBackupFailures: 0,
    knownBackupLockedUntil: NEVER,
    authEpoch: 0,
    keptSession: '',
  };
}
