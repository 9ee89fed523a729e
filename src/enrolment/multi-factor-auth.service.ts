import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { withRenewal } from '../limits/message-budget.js';
import { BACKUP, BackupCodes } from '../challenge/recovery/backup-codes.js';
import { Cipher } from '../crypto/cipher.js';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { MfaError } from '../core/mfa-error.js';
import { randomId } from '../crypto/randomness.js';
import { Sessions } from '../session/sessions.js';
import { refuseEnded } from '../session/unauthenticated.js';
import { type AbstractMultiFactorAuth, NEVER } from '../store/abstract-multi-factor-auth.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { type MultiFactorAuthChange, MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { FactorProof } from '../verification/factor-proof.js';
import { forgotten, turnedOff, unlocked } from '../store/row-changes.js';
import { FactorImport } from './factor-import.js';

const TRIES = 20;

/** A user's MFA as clients see it. Deux: `MultiFactorAuthSerializer`. */
export interface MfaStatus {
  enabled: boolean;
  challenge_type: string;
  phone_number: string;
}

/** A user's MFA from inside the application: for support tools, imports and the password change. */
@Injectable()
export class MultiFactorAuthService {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly backupCodes: BackupCodes,
    private readonly proof: FactorProof,
    private readonly cipher: Cipher,
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly factorImport: FactorImport,
  ) {}

  /**
   * Returns the service bound to your transaction. Its changes commit or roll back with yours, and events are sent after the
   * commit. Without it, a call inside your transaction uses another connection and can wait for a row or a connection that
   * your transaction holds: it fails after 10 seconds.
   * @throws {TypeError} for a manager without a transaction, or of another data source
   */
  within(manager: EntityManager): Omit<MultiFactorAuthService, 'within' | 'checkAndUseBackupCode'> {
    const { store, backupCodes, proof, cipher, clock, sessions, events, factorImport } = this;
    return new MultiFactorAuthService(
      store.within(manager),
      backupCodes,
      proof,
      cipher,
      clock,
      sessions.within(manager),
      events.within(manager),
      factorImport.within(manager),
    );
  }

  /** Whether MFA is on, and over what. */
  async status(userId: string): Promise<MfaStatus> {
    const record = await this.store.find(userId);
    return {
      enabled: record?.enabled ?? false,
      challenge_type: record?.challengeType ?? '',
      phone_number: record?.phoneNumber ?? '',
    };
  }

  /**
   * Turns MFA off and erases its secrets. Ends every session of the user but `keep`. Deux: `disable`.
   * @throws {MfaError} `mfa_disabled` if it is off
   */
  async disable(userId: string, keep?: MfaSession): Promise<void> {
    const authEpoch = await this.changeEnabled(userId, keep ? turnedOff : forgotten, keep);
    await (keep ? this.sessions.endOthers(keep, authEpoch, { withoutFactor: true }) : this.sessions.endAll(userId));
    await this.events.tell({ type: 'disabled', userId, at: this.clock.now() });
  }

  /**
   * New backup codes in place of all earlier ones. They are shown here and nowhere again. Deux: `refresh_backup_code`.
   * @param session the session that asks, if one does: it must not outlive its own end
   * @throws {MfaError} `mfa_disabled` if MFA is off, `locked` after ten times in an hour
   */
  async refreshBackupCodes(userId: string, session?: MfaSession): Promise<string[]> {
    const [id, now] = [randomId(), this.clock.now()];
    // Counted before the slow hash, which would otherwise be work without end for whoever is signed in.
    await this.changeEnabled(userId, ({ sentMessages }) => ({ sentMessages: withRenewal(sentMessages, now) }), session);
    const { codes, state } = await this.backupCodes.make();
    const sealedState = await this.cipher.seal(state, { userId, factorId: id });
    const set = { id, type: BACKUP, hint: '', sealedState, createdAt: now, confirmedAt: now };
    const change = ({ factors }: AbstractMultiFactorAuth) => ({
      factors: [...factors.filter(({ type }) => type !== BACKUP), set],
    });
    await this.changeEnabled(userId, change, session);
    await this.events.tell({ type: 'backup_codes_renewed', userId, at: now });
    return codes;
  }

  /**
   * Whether this is a backup code of the user; if so it is used, as at login. Call it outside any transaction: a
   * rollback would undo the count of wrong codes. Deux: `check_and_use_backup_code`.
   */
  async checkAndUseBackupCode(userId: string, code: string): Promise<boolean> {
    const record = await this.store.find(userId);
    return record?.enabled ? (await this.proof.backupCode(record, code)) !== null : false;
  }

  /**
   * Turns MFA on over a factor that was verified elsewhere, e.g. in the system that users come from. It asks for no proof:
   * whoever chooses `body` chooses who has the second factor, and a wrong number locks its owner out. Ends every session of
   * the user. Deux: `enable`.
   * @param body what `PUT /mfa/<type>/request/` takes, e.g. `{ phone_number: '14085862744' }`
   * @throws {MfaError} `mfa_enabled` if it is on, `invalid_request` for a body that does not fit
   */
  async enable(userId: string, type: string, body: object): Promise<void> {
    await this.factorImport.carryOut(userId, type, body);
  }

  /** Ends every lock and every count of wrong proofs, the rolling limits too. Ask for a proof of your own before. */
  async unlock(userId: string): Promise<void> {
    await this.changeAny(userId, (record) => ({ ...unlocked(record), codeArrival: NEVER, backupArrival: NEVER }));
    await this.events.tell({ type: 'unlocked', userId, at: this.clock.now() });
  }

  /**
   * Call it when a password is changed. Ends every session, and every lock: who entered the wrong codes knew the old
   * password, and does not know the new one.
   */
  async passwordChanged(userId: string): Promise<void> {
    await this.endSessions(userId);
    // The rolling limits stay: whoever can reset the password by mail could otherwise buy fresh guesses with each reset.
    await this.changeAny(userId, unlocked);
  }

  /** Ends every session of a user, refresh tokens too. */
  async endSessions(userId: string): Promise<void> {
    const now = this.clock.now();
    for (let tries = TRIES; tries > 0; tries--) {
      const record = await this.store.find(userId);
      const authEpoch = (record?.authEpoch ?? 0) + 1;
      // A factor that one of these sessions has requested goes with them.
      const change = { authEpoch, pendingFactors: [], ...(!record?.enabled && { phoneNumber: '' }) };
      const done = record ? await this.store.change(record, change, now) : await this.store.create(userId, change, now);
      if (done) {
        await this.sessions.endAll(userId);
        return this.events.tell({ type: 'sessions_ended', userId, at: now });
      }
    }
    throw new MfaError('server_error');
  }

  // A user without a row has nothing to change.
  private async changeAny(
    userId: string,
    decide: (record: AbstractMultiFactorAuth) => MultiFactorAuthChange,
  ): Promise<void> {
    for (let tries = TRIES; tries > 0; tries--) {
      const record = await this.store.find(userId);
      if (!record || (await this.store.change(record, decide(record), this.clock.now()))) return;
    }
    throw new MfaError('server_error');
  }

  // Tries again over a row that changed meanwhile, and finds out so when another request has turned MFA off.
  private async changeEnabled(
    userId: string,
    decide: (record: AbstractMultiFactorAuth) => MultiFactorAuthChange,
    session?: MfaSession,
  ): Promise<number> {
    for (let tries = TRIES; tries > 0; tries--) {
      const record = await this.store.find(userId);
      if (!record?.enabled) throw new MfaError('mfa_disabled');
      if (session) refuseEnded(session, record);
      const change = decide(record);
      if (await this.store.change(record, change, this.clock.now())) return change.authEpoch ?? record.authEpoch;
    }
    throw new MfaError('server_error');
  }
}
