import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { Sessions } from '../session/sessions.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { nextEpoch } from '../store/row-changes.js';

/** What happens to a user's events in the audit table when the user is forgotten. */
export interface ForgetOptions {
  /** `keep` leaves them for investigators until `upkeep.eventDays`; `erase` leaves only that the user was forgotten. Default: `keep`. */
  events?: 'keep' | 'erase';
}

/** How often a row may change while it is moved. */
const TRIES = 20;

/** Ends what the module knows under a user's id, or moves it to another one. */
@Injectable()
export class Identity {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly states: FactorStates,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly clock: Clock,
  ) {}

  /** Returns the service bound to a transaction of the application. */
  within(manager: EntityManager): Identity {
    const { store, states, sessions, events, clock } = this;
    return new Identity(store.within(manager), states, sessions.within(manager), events.within(manager), clock);
  }

  /** Removes everything of a user. */
  async forget(userId: string, { events = 'keep' }: ForgetOptions = {}): Promise<void> {
    // The row first: without it, every session that was opened over it is dead.
    await this.store.remove(userId);
    await this.sessions.endAll(userId);
    if (events === 'erase') await this.events.erase(userId);
    await this.events.tell({ type: 'user_forgotten', userId, at: this.clock.now() });
  }

  /** Moves a user's row to another id, and ends the sessions of the old one. @throws {MfaError} `mfa_enabled` if that has a row */
  async move(fromUserId: string, toUserId: string): Promise<void> {
    if (fromUserId === toUserId) return;
    await this.moveRow(fromUserId, toUserId);
    await this.sessions.endAll(fromUserId);
    await this.events.tell({ type: 'user_moved', userId: toUserId, at: this.clock.now(), fromUserId });
  }

  // Made before the old one is removed: a crash between the two leaves both, and MFA on for both ids.
  private async moveRow(fromUserId: string, toUserId: string): Promise<void> {
    for (let tries = TRIES; tries > 0; tries--) {
      const row = await this.store.find(fromUserId);
      if (!row) return;
      if (!(await this.store.create(toUserId, await this.changeTo(toUserId, row)))) throw new MfaError('mfa_enabled');
      if (await this.store.remove(fromUserId, row.version)) return;
      // A code was used meanwhile, and must not be right again under the new id.
      await this.store.remove(toUserId, 0);
    }
    throw new MfaError('locked', { retryAfterSeconds: 1 });
  }

  private async changeTo(toUserId: string, row: AbstractMultiFactorAuth): Promise<MultiFactorAuthChange> {
    const { userId, ...columns } = row;
    const moved = (factor: Factor) => this.states.moved(userId, toUserId, factor);
    return {
      ...columns,
      factors: await Promise.all(row.factors.map(moved)),
      pendingFactors: [],
      ...(!row.enabled && { phoneNumber: '' }),
      authEpoch: nextEpoch(row, this.clock.now()),
    };
  }
}
