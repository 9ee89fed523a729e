import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { Sessions } from '../session/sessions.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { CredentialIds } from '../store/credential-ids.js';
import type { Factor } from '../store/factor.js';
import { FactorStates } from '../store/factor-states.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { nextEpoch } from '../store/row-changes.js';

/** How often a row may change while it is moved. */
const TRIES = 20;

/** Moves what the module knows under a user's id to another one. */
@Injectable()
export class Identity {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly states: FactorStates,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly ids: CredentialIds,
  ) {}

  /** Returns the service bound to a transaction of the application. */
  within(manager: EntityManager): Identity {
    const { store, states, sessions, events, ids } = this;
    return new Identity(
      store.within(manager),
      states,
      sessions.within(manager),
      events.within(manager),
      ids.within(manager),
    );
  }

  /** Moves a user's row to another id, and ends the sessions of the old one. @throws {MfaError} `mfa_enabled` if that has a row */
  async move(fromUserId: string, toUserId: string): Promise<void> {
    if (fromUserId === toUserId) return;
    await this.moveRow(fromUserId, toUserId);
    await this.sessions.endAll(fromUserId);
    await this.events.tell({ type: 'user_moved', userId: toUserId, at: this.store.clock.now(), fromUserId });
  }

  // Made before the old one is removed: a crash between the two leaves both, and MFA on for both ids.
  private async moveRow(fromUserId: string, toUserId: string): Promise<void> {
    for (let tries = TRIES; tries > 0; tries--) {
      const row = await this.store.find(fromUserId);
      if (!row) return;
      if (!(await this.store.create(toUserId, await this.changeTo(toUserId, row)))) throw new MfaError('mfa_enabled');
      // While both have the row, so that nobody can take a credential over.
      await this.ids.move(fromUserId, toUserId);
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
      ...nextEpoch(row, this.store.clock.now()),
    };
  }
}
