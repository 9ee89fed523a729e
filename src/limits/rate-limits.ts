import { In, MoreThan } from 'typeorm';
import type { KeyedHash } from '../crypto/keyed-hash.js';
import { NEVER } from '../store/abstract-multi-factor-auth.js';
import { isUniqueViolation } from '../store/database-errors.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import {
  type Allowance,
  firstOf,
  hasRoom,
  oneMore,
  type RateLimit,
  type RateLimitColumns,
  touched,
  waitingSeconds,
} from './rate-limit.js';
import type { Rows } from '../store/rows.js';

/** What a limit is taken from: its row, the limit, and the moment. */
export interface Taking {
  id: string;
  limit: RateLimit;
  now: Date;
  /** Whether there was no row of it a moment ago, which saves a statement. */
  isNew?: boolean;
}

/** What a limit's row begins as, or else what changes in it. */
interface Spending {
  first: Omit<MfaRateLimit, 'id'>;
  more: Record<string, () => string>;
}

const TRIES = 10;

/** A row that was confirmed and never taken from: its time is long over. */
const UNUSED = { taken: 0, expiresAt: NEVER };

/**
 * Limits over any number of processes. Each is taken in one conditional statement, so that no burst of requests outruns it.
 */
export class RateLimits {
  constructor(
    private readonly rows: Rows<MfaRateLimit>,
    private readonly hashes: KeyedHash,
  ) {}

  /** The row of a limit, by what it limits: its kind first, e.g. `id('number', '14085551234')`. */
  id(...parts: string[]): string {
    return this.hashes.lasting('rate-limit', JSON.stringify(parts));
  }

  /** The rows that there are of these limits, by id, also those whose time is over. */
  async find(ids: readonly string[]): Promise<Map<string, MfaRateLimit>> {
    const rows = await this.rows.all({ where: { id: In(ids) } });
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Whether something is remembered still. */
  async isRemembered(id: string, now: Date): Promise<boolean> {
    const row = await this.rows.find({ id });
    return row !== null && row.expiresAt > now;
  }

  /** Takes one. Gives 0, or the seconds until there is one if there is none left. */
  async take(taking: Taking): Promise<number> {
    const { limit, now } = taking;
    return this.spend(taking, { first: firstOf(limit, now), more: oneMore(limit, this.columns(), now) });
  }

  /** The same without taking one: by a write, and so in order with all that take one at this moment, as no reading is. */
  confirm(taking: Taking & { limit: Allowance }): Promise<number> {
    return this.spend(taking, { first: UNUSED, more: touched(this.columns()) });
  }

  /** Takes back one that is no longer meant to count. */
  async giveBack(id: string): Promise<void> {
    const { taken } = this.columns();
    const change = { taken: () => `${taken} - 1` };
    await this.rows.run((manager, table) => manager.update(table, { id, taken: MoreThan(0) }, change));
  }

  /** Removes those of these rows that have been confirmed and never taken from. */
  async dropUnused(ids: readonly string[]): Promise<void> {
    const unused = { id: In(ids), expiresAt: UNUSED.expiresAt };
    if (ids.length > 0) await this.rows.run((manager, table) => manager.delete(table, unused));
  }

  /** Keeps in mind that there was this, until then. */
  async remember(id: string, until: Date, { isNew = false } = {}): Promise<void> {
    if (!isNew && (await this.rows.update({ id }, { expiresAt: until }))) return;
    if (await this.create({ id, taken: 1, expiresAt: until })) return;
    await this.rows.update({ id }, { expiresAt: until });
  }

  private async spend(taking: Taking, { first, more }: Spending): Promise<number> {
    const { id, limit, now, isNew = false } = taking;
    if (isNew && (await this.create({ id, ...first }))) return 0;
    for (let tries = TRIES; tries > 0; tries--) {
      if (await this.update(taking, more)) return 0;
      const row = await this.rows.find({ id });
      const wait = waitingSeconds(row ?? undefined, limit, now);
      if (wait > 0) return wait;
      // Rows come and go: another request may have made or dropped this one since.
      if (!row && (await this.create({ id, ...first }))) return 0;
    }
    return 1;
  }

  private async update({ id, limit, now }: Taking, change: Record<string, () => string>): Promise<boolean> {
    const room = hasRoom(limit, this.columns(), now);
    const { affected } = await this.rows.run((manager, table) =>
      manager.createQueryBuilder().update(table).set(change).where({ id }).andWhere(room).execute(),
    );
    return affected === 1;
  }

  // False if another request was first.
  private async create(row: MfaRateLimit): Promise<boolean> {
    try {
      await this.rows.insert(row);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  private columns(): RateLimitColumns {
    return { taken: this.rows.column('taken'), expiresAt: this.rows.column('expiresAt') };
  }
}
