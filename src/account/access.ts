import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventTeller } from '../core/events.js';
import { newDestinationsId } from '../limits/message-quotas.js';
import { RateLimits } from '../limits/rate-limits.js';
import { isAlive } from '../session/live-session.js';
import { Sessions } from '../session/sessions.js';
import { type MfaStatus, statusOf } from '../enrolment/mfa-status.js';
import { CredentialIds } from '../store/credential-ids.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { nextEpoch, unlocked } from '../store/row-changes.js';

/** What happens to a user's events in the audit table when the user is forgotten. */
export interface ForgetOptions {
  /** `keep` leaves them for investigators until `upkeep.eventDays`; `erase` leaves only that the user was forgotten. Default: `keep`. */
  events?: 'keep' | 'erase';
}

/** Ends locks, sessions, and what the module knows of a user. */
@Injectable()
export class Access {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly sessions: Sessions,
    private readonly limits: RateLimits,
    private readonly events: EventTeller,
    private readonly ids: CredentialIds,
  ) {}

  /** Returns the service bound to a transaction of the application. */
  within(manager: EntityManager): Access {
    const { store, sessions, limits, events, ids } = this;
    return new Access(
      store.within(manager),
      sessions.within(manager),
      limits.within(manager),
      events.within(manager),
      ids.within(manager),
    );
  }

  /** Returns what `GET /mfa/` answers. */
  async status(userId: string): Promise<MfaStatus> {
    return statusOf(await this.store.find(userId));
  }

  /** Returns the user's epoch: 0 for one of whom nothing is known. */
  async epoch(userId: string): Promise<number> {
    return (await this.store.find(userId))?.authEpoch ?? 0;
  }

  /** Ends every lock and every count of wrong proofs, including the rolling limits. */
  async unlock(userId: string): Promise<void> {
    const at = await this.changeAny(userId, (row) => ({ ...unlocked(row), codeArrival: NEVER, backupArrival: NEVER }));
    await this.events.tell({ type: 'unlocked', userId, at });
  }

  /** Ends every session and every lock after a password change. */
  async passwordChanged(userId: string, keep?: MfaSession): Promise<void> {
    await this.endSessions(userId, keep);
    // The rolling limits stay: otherwise each password reset by mail would give new guesses.
    await this.changeAny(userId, unlocked);
  }

  /** Removes everything of a user. */
  async forget(userId: string, { events = 'keep' }: ForgetOptions = {}): Promise<void> {
    // The row first: without it, every session that was opened over it is dead.
    await this.store.remove(userId);
    await this.sessions.endAll(userId);
    await this.ids.releaseAll(userId);
    await this.limits.remove(newDestinationsId(userId, this.limits));
    if (events === 'erase') await this.events.erase(userId);
    await this.events.tell({ type: 'user_forgotten', userId, at: this.store.clock.now() });
  }

  /** Ends every session of a user, including refresh tokens, except the one to keep. */
  async endSessions(userId: string, keep?: MfaSession): Promise<void> {
    if (keep && keep.userId !== userId) throw new TypeError('`keep` is the session of another user.');
    const { row: ended, outcome } = await this.store.amend(userId, (row, now) => {
      // One that has ended already stays ended.
      const kept = keep && isAlive(keep, row) ? keep : undefined;
      // Pending factors were requested by these sessions.
      const without = { pendingFactors: [], ...(!row?.enabled && { phoneNumber: '' }) };
      return { change: { ...nextEpoch(row, now, kept), ...without }, outcome: { at: now, kept } };
    });
    const { authEpoch } = ended!;
    if (outcome.kept) await this.sessions.continueAlone(outcome.kept, { authEpoch });
    else await this.sessions.removeBefore(userId, authEpoch);
    await this.events.tell({ type: 'sessions_ended', userId, at: outcome.at });
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
