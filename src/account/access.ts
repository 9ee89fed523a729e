import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventTeller } from '../core/events.js';
import { Sessions } from '../session/sessions.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { unlocked } from '../store/row-changes.js';

/** Ends what keeps a user out, or what keeps somebody in. */
@Injectable()
export class Access {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
  ) {}

  /** Returns the same bound to a transaction of the application. */
  within(manager: EntityManager): Access {
    return new Access(this.store.within(manager), this.sessions.within(manager), this.events.within(manager));
  }

  /** Ends every lock and every count of wrong proofs, the rolling limits too. */
  async unlock(userId: string): Promise<void> {
    const at = await this.changeAny(userId, (row) => ({ ...unlocked(row), codeArrival: NEVER, backupArrival: NEVER }));
    await this.events.tell({ type: 'unlocked', userId, at });
  }

  /** Ends every session and every lock of a user whose password is another now. */
  async passwordChanged(userId: string): Promise<void> {
    await this.endSessions(userId);
    // The rolling limits stay: somebody who can reset the password by mail could otherwise buy fresh guesses with each reset.
    await this.changeAny(userId, unlocked);
  }

  /** Ends every session of a user, refresh tokens too. */
  async endSessions(userId: string): Promise<void> {
    const { outcome: at } = await this.store.amend(userId, (row, now) => ({
      // A factor that one of these sessions has requested goes with them.
      change: {
        authEpoch: (row?.authEpoch ?? 0) + 1,
        pendingFactors: [],
        ...(!row?.enabled && { phoneNumber: '' }),
      },
      outcome: now,
    }));
    await this.sessions.endAll(userId);
    await this.events.tell({ type: 'sessions_ended', userId, at });
  }

  // Gives the moment of it. A user without a row has nothing to change.
  private async changeAny(
    userId: string,
    decide: (row: AbstractMultiFactorAuth) => MultiFactorAuthChange,
  ): Promise<Date> {
    const change = (row: SeenRow, now: Date) => ({ change: row ? decide(row) : undefined, outcome: now });
    return (await this.store.amend(userId, change)).outcome;
  }
}
