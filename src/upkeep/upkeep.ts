import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock, DAY, secondsAfter } from '../core/clock.js';
import { MfaAuditEvent } from '../store/mfa-audit-event.entity.js';
import { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';
import { DeadRequests } from './dead-requests.js';
import { UpkeepOptions } from './upkeep-options.js';

/** The rows that a purge removed. */
export interface PurgeReport {
  /** Ended sessions. */
  sessions: number;
  /** Limits that are full again, and notes whose time is over. */
  rateLimits: number;
  /** Old events of the audit table. */
  events: number;
  /** True if no old row is left, false if `maxRows` was reached. */
  done: boolean;
}

/** Removes old rows, which have no effect but fill the tables, and requests for a factor that were never confirmed. */
@Injectable()
export class Upkeep {
  @Inject(DeadRequests) private readonly deadRequests!: DeadRequests;

  constructor(
    @Inject(rowsToken(MfaSession)) private readonly sessions: Rows<MfaSession>,
    @Inject(rowsToken(MfaRateLimit)) private readonly rateLimits: Rows<MfaRateLimit>,
    private readonly clock: Clock,
    private readonly options: UpkeepOptions,
    // The table exists only with `audit`.
    @Optional() @Inject(rowsToken(MfaAuditEvent)) private readonly events?: Rows<MfaAuditEvent>,
  ) {}

  /**
   * Removes old rows in batches, so no statement holds many rows. Several instances may purge at once.
   * @example
   * ```ts
   * const { sessions, rateLimits, events, done } = await upkeep.purge();
   * ```
   */
  async purge(): Promise<PurgeReport> {
    const now = this.clock.now();
    const { maxRows, eventDays } = this.options;
    const sessions = await this.remove(this.sessions, '{expiresAt} <= ?', now);
    const rateLimits = await this.remove(this.rateLimits, '{expiresAt} <= ?', now);
    const old = secondsAfter(now, -eventDays * DAY);
    const events = this.events ? await this.remove(this.events, '{at} <= ?', old) : 0;
    const requests = await this.deadRequests.remove();
    const done = Math.max(sessions, rateLimits, events, requests) < maxRows;
    return { sessions, rateLimits, events, done };
  }

  // By ids, because not every database can limit a delete.
  private async remove<Row extends { id: string }>(rows: Rows<Row>, isOver: string, until: Date): Promise<number> {
    const { batchSize, maxRows } = this.options;
    for (let removed = 0; ;) {
      const take = Math.min(batchSize, maxRows - removed);
      const select = `SELECT {columns} FROM {table} WHERE ${isOver} LIMIT ?`;
      const over = take > 0 ? await rows.read(select, [until.getTime(), take]) : [];
      const places = over.map(() => '?').join(', ');
      // The condition again: an old limit may be in use again.
      const values = [until.getTime(), ...over.map(({ id }) => id)];
      if (over.length > 0) await rows.write(`DELETE FROM {table} WHERE ${isOver} AND {id} IN (${places})`, values);
      removed += over.length;
      if (over.length < batchSize) return removed;
    }
  }
}
