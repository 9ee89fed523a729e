import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, LessThanOrEqual } from 'typeorm';
import { Clock, DAY, secondsAfter } from '../core/clock.js';
import type { MfaAuditEvent } from '../store/mfa-audit-event.entity.js';
import type { MfaRateLimit } from '../store/mfa-rate-limit.entity.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
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
    private readonly sessions: Rows<MfaSession>,
    private readonly rateLimits: Rows<MfaRateLimit>,
    private readonly clock: Clock,
    private readonly options: UpkeepOptions,
    private readonly events?: Rows<MfaAuditEvent>,
  ) {}

  /** Removes them batch by batch, so that no statement holds many rows. Several instances may do it at once. */
  async purge(): Promise<PurgeReport> {
    const now = this.clock.now();
    const { maxRows, eventDays } = this.options;
    const sessions = await this.remove(this.sessions, { expiresAt: LessThanOrEqual(now) });
    const rateLimits = await this.remove(this.rateLimits, { expiresAt: LessThanOrEqual(now) });
    const old = LessThanOrEqual(secondsAfter(now, -eventDays * DAY));
    const events = this.events ? await this.remove(this.events, { at: old }) : 0;
    return { sessions, rateLimits, events, done: Math.max(sessions, rateLimits, events) < maxRows };
  }

  // By their ids, because not every database can bound a delete.
  private async remove<Row extends { id: string }>(rows: Rows<Row>, where: FindOptionsWhere<Row>): Promise<number> {
    const { batchSize, maxRows } = this.options;
    for (let removed = 0; ;) {
      const take = Math.min(batchSize, maxRows - removed);
      const over = take > 0 ? await rows.all({ where, take }) : [];
      // With its condition once more: a limit that was over may be in use again.
      const ids = { ...where, id: In(over.map(({ id }) => id)) } as FindOptionsWhere<Row>;
      if (over.length > 0) await rows.run((manager, table) => manager.delete(table, ids));
      removed += over.length;
      if (over.length < batchSize) return removed;
    }
  }
}
