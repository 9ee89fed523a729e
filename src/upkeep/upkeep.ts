import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual, type Repository } from 'typeorm';
import { Clock } from '../core/clock.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { UpkeepOptions } from './upkeep-options.js';

/** What a purge has removed. */
export interface PurgeReport {
  /** Sessions that were over. */
  sessions: number;
  /** Whether none is left; false when `maxRows` was reached. */
  done: boolean;
}

/** Removes rows that are over: they open nothing, but they fill the tables. */
@Injectable()
export class Upkeep {
  constructor(
    private readonly sessions: Repository<MfaSession>,
    private readonly clock: Clock,
    private readonly options: UpkeepOptions,
  ) {}

  /** Removes them batch by batch, so that no statement holds many rows. Several instances may do it at once. */
  async purge(): Promise<PurgeReport> {
    const { batchSize, maxRows } = this.options;
    const now = this.clock.now();
    for (let sessions = 0; ;) {
      const limit = Math.min(batchSize, maxRows - sessions);
      if (limit === 0) return { sessions, done: false };
      const removed = await this.removeSessions(now, limit);
      sessions += removed;
      if (removed < limit) return { sessions, done: true };
    }
  }

  // Not every database can bound a delete. No session's end is ever put off, so that what was read as over still is.
  private async removeSessions(now: Date, limit: number): Promise<number> {
    const over = await this.sessions.find({
      select: { id: true },
      where: { expiresAt: LessThanOrEqual(now) },
      take: limit,
    });
    if (over.length > 0) await this.sessions.delete({ id: In(over.map(({ id }) => id)) });
    return over.length;
  }
}
