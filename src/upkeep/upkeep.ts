import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock, DAY, secondsAfter } from '../core/clock.js';
import { MfaAuditEvent } from '../store/mfa-audit-event.entity.js';
import { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';
import { UpkeepOptions } from './upkeep-options.js';

/** What a purge has removed. */
export interface PurgeReport {
  /** Sessions that were over. */
  sessions: number;
  /** Limits that are whole again, and what need not be remembered any longer. */
  rateLimits: number;
  /** Events of the audit table that were too old. */
  events: number;
  /** Whether none is left; false when `maxRows` was reached. */
  done: boolean;
}

/** Removes rows that are over: they open nothing, but they fill the tables. */
@Injectable()
export class Upkeep {
  constructor(
    @Inject(rowsToken(MfaSession)) private readonly sessions: Rows<MfaSession>,
    @Inject(rowsToken(MfaRateLimit)) private readonly rateLimits: Rows<MfaRateLimit>,
    private readonly clock: Clock,
    private readonly options: UpkeepOptions,
    // Only an application with `audit` has the table.
    @Optional() @Inject(rowsToken(MfaAuditEvent)) private readonly events?: Rows<MfaAuditEvent>,
  ) {}

  /** Removes them batch by batch, so that no statement holds many rows. Several instances may do it at once. */
  async purge(): Promise<PurgeReport> {
    const now = this.clock.now();
    const { maxRows, eventDays } = this.options;
    const sessions = await this.remove(this.sessions, '{expiresAt} <= ?', now);
    const rateLimits = await this.remove(this.rateLimits, '{expiresAt} <= ?', now);
    const old = secondsAfter(now, -eventDays * DAY);
    const events = this.events ? await this.remove(this.events, '{at} <= ?', old) : 0;
    return { sessions, rateLimits, events, done: Math.max(sessions, rateLimits, events) < maxRows };
  }

  // By their ids, because not every database can bound a delete.
  private async remove<Row extends { id: string }>(rows: Rows<Row>, isOver: string, until: Date): Promise<number> {
    const { batchSize, maxRows } = this.options;
    for (let removed = 0; ;) {
      const take = Math.min(batchSize, maxRows - removed);
      const select = `SELECT {columns} FROM {table} WHERE ${isOver} LIMIT ?`;
      const over = take > 0 ? await rows.read(select, [until.getTime(), take]) : [];
      const places = over.map(() => '?').join(', ');
      // With its condition once more: a limit that was over may be in use again.
      const values = [until.getTime(), ...over.map(({ id }) => id)];
      if (over.length > 0) await rows.write(`DELETE FROM {table} WHERE ${isOver} AND {id} IN (${places})`, values);
      removed += over.length;
      if (over.length < batchSize) return removed;
    }
  }
}
