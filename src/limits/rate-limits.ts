import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { NEVER } from '../store/abstract-multi-factor-auth.js';
import { isUniqueViolation } from '../store/database-errors.js';
import { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';
import {
  type Allowance,
  firstOf,
  isQuota,
  latestOf,
  noteOf,
  type RateLimit,
  refillOf,
  waitingSeconds,
} from './rate-limit.js';
import { confirmAllowance, type RateLimitStatement, takeOfAllowance, takeOfQuotas } from './rate-limit-statements.js';

/** One taking: the row, the limit and the time. */
interface Taking<Limit extends RateLimit = RateLimit> {
  id: string;
  limit: Limit;
  now: Date;
  /** True if its row was missing a moment ago: it is inserted first, which saves a statement. */
  isNew?: boolean;
}

/** The statement that takes from a row, and the first values of a missing row. */
interface Spending {
  statement: RateLimitStatement;
  first: Omit<MfaRateLimit, 'id'>;
}

/** Concurrent logins to one account insert and delete its row, so a statement may miss it several times. */
export const TRIES = 50;

/** A row that was confirmed and never taken from has expired long ago. */
const UNUSED = { taken: 0, expiresAt: NEVER };

/** Rate limits over any number of processes. A limit is taken by one conditional statement, so that no burst outruns it. */
@Injectable()
export class RateLimits {
  constructor(
    @Inject(rowsToken(MfaRateLimit)) private readonly rows: Rows<MfaRateLimit>,
    private readonly hashes: KeyedHash,
  ) {}

  /** Returns the limits bound to a transaction of the application. */
  within(manager: EntityManager): RateLimits {
    return new RateLimits(this.rows.within(manager), this.hashes);
  }

  /** Returns the id of a limit's row, from the kind of limit and its subject, e.g. `id('number', '14085551234')`. */
  id(...parts: string[]): string {
    return this.hashes.lasting('rate-limit', JSON.stringify(parts));
  }

  /** Reads the existing rows of these ids, including expired ones. */
  async find(ids: readonly string[]): Promise<Map<string, MfaRateLimit>> {
    const rows = await this.rows.findAmong('id', ids);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * Corrects rows that were written while the clock was ahead: none ends later than its limit allows. Changes `rows` too.
   */
  async putRight(
    limits: readonly { id: string; limit: RateLimit }[],
    rows: Map<string, MfaRateLimit>,
    now: Date,
  ): Promise<void> {
    for (const { id, limit } of limits) {
      const [row, latest] = [rows.get(id), latestOf(limit, now)];
      if (!row || row.expiresAt <= latest) continue;
      const text = 'UPDATE {table} SET {expiresAt} = ? WHERE {id} = ? AND {expiresAt} + 0 > ?';
      await this.rows.write(text, [latest.getTime(), id, latest.getTime()]);
      rows.set(id, { ...row, expiresAt: latest });
    }
  }

  /** Takes one. Returns 0, or the seconds to wait if none is left. */
  async take(taking: Taking): Promise<number> {
    const { id, limit, now } = taking;
    const statement = isQuota(limit) ? takeOfQuotas([{ id, limit }], now) : takeOfAllowance(id, limit, now);
    return this.spend(taking, { statement, first: firstOf(limit, now) });
  }

  /** Checks that one is left without taking it. A conditional write, so that it is ordered with concurrent takes; a read would not be. */
  confirm(taking: Taking<Allowance>): Promise<number> {
    const { id, limit, now } = taking;
    return this.spend(taking, { statement: confirmAllowance(id, limit, now), first: UNUSED });
  }

  /** Refunds one that was taken from an allowance at `paidAt`, unless it has refilled since: that would refund another's. */
  async refund(id: string, limit: Allowance, paidAt: Date, now: Date): Promise<void> {
    const refill = refillOf(limit);
    if (now.getTime() - paidAt.getTime() >= refill) return;
    await this.rows.write('UPDATE {table} SET {expiresAt} = {expiresAt} - ? WHERE {id} = ?', [refill, id]);
  }

  /** Gives back one of each quota. */
  async giveBack(...ids: string[]): Promise<void> {
    const places = ids.map(() => '?').join(', ');
    const sorted = ids.toSorted();
    await this.rows.write(`UPDATE {table} SET {taken} = {taken} - 1 WHERE {id} IN (${places}) AND {taken} > 0`, sorted);
  }

  /** Removes the row of a limit. */
  async remove(id: string): Promise<void> {
    await this.rows.delete({ id });
  }

  /** Removes those of these rows that have been confirmed and never taken from. */
  async dropUnused(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const places = ids.map(() => '?').join(', ');
    const unused = UNUSED.expiresAt.getTime();
    await this.rows.write(`DELETE FROM {table} WHERE {id} IN (${places}) AND {expiresAt} + 0 = ?`, [...ids, unused]);
  }

  /** Notes a moment in the row of an allowance, beside what it counts. */
  async note(id: string, moment: Date): Promise<void> {
    await this.rows.updateOne({ id }, { taken: noteOf(moment) });
  }

  /** Remembers an id until a moment. */
  async remember(id: string, until: Date, { isNew = false } = {}): Promise<void> {
    if (!isNew && (await this.rows.updateOne({ id }, { expiresAt: until }))) return;
    if (await this.create({ id, taken: 1, expiresAt: until })) return;
    await this.rows.updateOne({ id }, { expiresAt: until });
  }

  /** Runs a statement. Returns how many rows it has changed. */
  apply({ text, values }: RateLimitStatement): Promise<number> {
    return this.rows.write(text, values);
  }

  /** Inserts rows. Returns false, and inserts none, if a concurrent request has inserted one of them. */
  async create(...rows: MfaRateLimit[]): Promise<boolean> {
    if (rows.length === 0) return true;
    try {
      await this.rows.insert(...rows);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  private async spend({ id, limit, now, isNew = false }: Taking, { statement, first }: Spending): Promise<number> {
    if (isNew && (await this.create({ id, ...first }))) return 0;
    for (let tries = TRIES; tries > 0; tries--) {
      if ((await this.apply(statement)) === 1) return 0;
      const rows = await this.find([id]);
      await this.putRight([{ id, limit }], rows, now);
      const row = rows.get(id);
      const wait = waitingSeconds(row, limit, now);
      if (wait > 0) return wait;
      // A concurrent request may have inserted or deleted the row.
      if (!row && (await this.create({ id, ...first }))) return 0;
    }
    return 1;
  }
}
