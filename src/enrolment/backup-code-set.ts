import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BACKUP } from '../challenge/recovery/backup-codes.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { withRenewal } from '../limits/message-budget.js';
import type { LiveSession } from '../session/live-session.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import { refuseEnded } from '../session/unauthenticated.js';
import type { Factor } from '../store/factor.js';
import { MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import type { NamedUser } from '../users/user-directory.js';
import { RecoveryProof } from '../verification/recovery-proof.js';
import { NewFactors } from './new-factors.js';
import { enabledOf } from './removal.js';

/** Replaces and uses a user's backup codes. */
@Injectable()
export class BackupCodeSet {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly newFactors: NewFactors,
    private readonly recovery: RecoveryProof,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
  ) {}

  /** Returns the set bound to a transaction of the application. */
  within(manager: EntityManager): BackupCodeSet {
    const { newFactors, recovery } = this;
    const [store, sessions] = [this.store.within(manager), this.sessions.within(manager)];
    return new BackupCodeSet(store, newFactors, recovery, sessions, this.events.within(manager));
  }

  /** Says whether a code is right, and uses it as a login does. @throws {MfaError} `locked` */
  use(userId: string, code: string): Promise<boolean> {
    return this.recovery.isRight(userId, code);
  }

  /**
   * Replaces all codes and returns the new ones, which cannot be shown again. Deux: `refresh_backup_code`.
   * @param session the session that asks, if one does: it must still be alive at the write
   * @throws {MfaError} `mfa_disabled` if MFA is off, `locked` after ten times in an hour, `conflict` if another request has replaced
   * them meanwhile: its codes are those that count
   */
  renew(user: NamedUser, session?: LiveSession, seen?: SeenRow, network?: string): Promise<string[]> {
    // Since the request began: of requests at the same moment, the last one may count only after the first has replaced the codes.
    const check = (current: SeenRow, before: SeenRow | undefined) => {
      const row = enabledOf(current);
      if (session) refuseEnded(session, row);
      if (before && setOf(row.factors) !== setOf(before.factors)) throw new MfaError('conflict');
      return row;
    };
    return this.newFactors.inTurn(user.id, async () => {
      // Counted before the slow hash: otherwise a signed-in user could cause endless slow work.
      const count = (current: SeenRow, now: Date) => ({
        change: withRenewal(check(current, seen), now),
        outcome: undefined,
      });
      const { row } = await this.store.amend(user.id, count, seen);
      const { factor, show, moment } = await this.newFactors.make(BACKUP, {}, user);
      const set = { ...factor, confirmedAt: moment.now };
      const replace = (current: SeenRow) => {
        const { factors } = check(current, row);
        const others = factors.filter(({ type }) => type !== BACKUP);
        return { change: { factors: [...others, set] }, outcome: undefined };
      };
      await this.store.amend(user.id, replace, row);
      // Only now that there are codes: a crash before it leaves the session as it was, and its user asks again.
      if (session) await this.sessions.release(session);
      const origin = session ? originOf(session, network) : {};
      await this.events.tell({ type: 'backup_codes_renewed', userId: user.id, at: moment.now }, origin);
      return (show as { codes: string[] }).codes;
    });
  }
}

/** The id of the set of codes that is in force. */
function setOf(factors: readonly Factor[]): string | undefined {
  return factors.find(({ type }) => type === BACKUP)?.id;
}
