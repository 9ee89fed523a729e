import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import type { LiveSession } from '../session/live-session.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import { refuseEnded } from '../session/unauthenticated.js';
import { CredentialIds } from '../store/credential-ids.js';
import { MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { forgotten, turnedOff } from '../store/row-changes.js';

/** Turns MFA off and erases its secrets. */
@Injectable()
export class Removal {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly ids: CredentialIds,
  ) {}

  /** Returns the removal bound to a transaction of the application. */
  within(manager: EntityManager): Removal {
    const { store, sessions, events, ids } = this;
    return new Removal(store.within(manager), sessions.within(manager), events.within(manager), ids.within(manager));
  }

  /** Turns MFA off for a signed-in user: this session stays and is returned, the others end. @throws {MfaError} */
  async bySession(session: LiveSession, seen: SeenRow, network?: string): Promise<LiveSession> {
    const userId = session.userId!;
    const { row } = await this.store.amend(
      userId,
      (current, now) => {
        const enabled = enabledOf(current);
        refuseEnded(session, enabled);
        return { change: turnedOff(enabled, now, session), outcome: undefined };
      },
      seen,
    );
    const goesOn = await this.sessions.continueWithoutFactor(session, row!.authEpoch);
    await this.ids.releaseAll(userId);
    await this.events.tell({ type: 'disabled', userId, at: row!.updatedAt }, originOf(session, network));
    return goesOn;
  }

  /** Turns MFA off for the application: every session ends, and the rolling limits start again. @throws {MfaError} */
  async byApplication(userId: string): Promise<void> {
    const forget = (current: SeenRow, now: Date) => ({
      change: forgotten(enabledOf(current), now),
      outcome: undefined,
    });
    const { row } = await this.store.amend(userId, forget);
    await this.sessions.removeBefore(userId, row!.authEpoch);
    await this.ids.releaseAll(userId);
    await this.events.tell({ type: 'disabled', userId, at: row!.updatedAt });
  }
}

/** Returns the row of a user whose MFA is on. @throws {MfaError} `mfa_disabled` */
export function enabledOf(row: SeenRow): NonNullable<SeenRow> {
  if (!row?.enabled) throw new MfaError('mfa_disabled');
  return row;
}
