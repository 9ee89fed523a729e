import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventTeller } from '../core/events.js';
import { Sessions } from '../session/sessions.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { unlocked } from '../store/row-changes.js';

/** Ends locks and sessions. */
@Injectable()
export class Access {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
  ) {}

  /** Returns the service bound to a transaction of the application. */
  within(manager: EntityManager): Access {
    return new Access(this.store.within(manager), this.sessions.within(manager), this.events.within(manager));
  }

  /** Ends every lock and every count of wrong proofs, including the rolling limits. */
  async unlock(userId: string): Promise<void> {
    const at = await this.changeAny(userId, (row) => ({ ...unlocked(row), codeArrival: NEVER, backupArrival: NEVER }));
    await this.events.tell({ type: 'unlocked', userId, at });
  }

  /** Ends every session and every lock after a password change. */
  async passwordChanged(userId: string): Promise<void> {
    await this.endSessions(userId);
    // The rolling limits stay: otherwise each password reset by mail would give new guesses.
    await this.changeAny(userId, unlocked);
  }

  /** Ends every session of a user, including refresh tokens. */
  async endSessions(userId: string): Promise<void> {
    const { row: ended, outcome: at } = await this.store.amend(userId, (row, now) => ({
      // Pending factors were requested by these sessions.
      change: {
        authEpoch: (row?.authEpoch ?? 0) + 1,
        pendingFactors: [],
        ...(!row?.enabled && { phoneNumber: '' }),
      },
      outcome: now,
    }));
    await this.sessions.removeBefore(userId, ended!.authEpoch);
    await this.events.tell({ type: 'sessions_ended', userId, at });
  }

  // Returns the time of the change. A user without a row has nothing to change.
  private async changeAny(
    userId: string,
    decide: (row: AbstractMultiFactorAuth) => MultiFactorAuthChange,
  ): Promise<Date> {
    const change = (row: SeenRow, now: Date) => ({ change: row ? decide(row) : undefined, outcome: now });
    return (await this.store.amend(userId, change)).outcome;
  }
}
