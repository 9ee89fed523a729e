import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BackupCodeSet } from '../enrolment/backup-code-set.js';
import { type MfaStatus, statusOf } from '../enrolment/mfa-status.js';
import { Removal } from '../enrolment/removal.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { Access } from './access.js';
import { FactorImport } from './factor-import.js';

/** A user's MFA from inside the application: for support tools, imports and the password change. */
@Injectable()
export class MultiFactorAuthService {
  constructor(
    private readonly store: MultiFactorAuthStore,
    private readonly removal: Removal,
    private readonly backupCodes: BackupCodeSet,
    private readonly factorImport: FactorImport,
    private readonly access: Access,
  ) {}

  /**
   * Returns the service bound to your transaction. Its changes commit or roll back with yours, and events are sent after the
   * commit. Without it, a call inside your transaction uses another connection and can wait for a row or a connection that
   * your transaction holds: it fails after 10 seconds.
   * @throws {TypeError} for a manager without a transaction, or of another data source
   */
  within(manager: EntityManager): Omit<MultiFactorAuthService, 'within' | 'checkAndUseBackupCode'> {
    return new MultiFactorAuthService(
      this.store.within(manager),
      this.removal.within(manager),
      this.backupCodes.within(manager),
      this.factorImport.within(manager),
      this.access.within(manager),
    );
  }

  /** Whether MFA is on, and over what. */
  async status(userId: string): Promise<MfaStatus> {
    return statusOf(await this.store.find(userId));
  }

  /**
   * Turns MFA off and erases its secrets. Ends every session of the user. Deux: `disable`.
   * @throws {MfaError} `mfa_disabled` if it is off
   */
  async disable(userId: string): Promise<void> {
    await this.removal.byApplication(userId);
  }

  /**
   * New backup codes in place of all earlier ones. They are shown here and nowhere again. Deux: `refresh_backup_code`.
   * @throws {MfaError} `mfa_disabled` if MFA is off, `locked` after ten times in an hour
   */
  async refreshBackupCodes(userId: string): Promise<string[]> {
    return this.backupCodes.renew({ id: userId, name: userId });
  }

  /**
   * Whether this is a backup code of the user; if so it is used, as at login. Call it outside any transaction: a
   * rollback would undo the count of wrong codes. Deux: `check_and_use_backup_code`.
   */
  async checkAndUseBackupCode(userId: string, code: string): Promise<boolean> {
    return this.backupCodes.use(userId, code);
  }

  /**
   * Turns MFA on over a factor that was verified elsewhere, e.g. in the system that users come from. It asks for no proof:
   * the caller decides who has the second factor, and a wrong number locks its owner out. Ends every session of
   * the user. Deux: `enable`.
   * @param body what `PUT /mfa/<type>/request/` takes, e.g. `{ phone_number: '14085862744' }`
   * @throws {MfaError} `mfa_enabled` if it is on, `invalid_request` for a body that does not fit
   */
  async enable(userId: string, type: string, body: object): Promise<void> {
    await this.factorImport.carryOut(userId, type, body);
  }

  /** Ends every lock and every count of wrong proofs, the rolling limits too. Ask for a proof of your own before. */
  async unlock(userId: string): Promise<void> {
    await this.access.unlock(userId);
  }

  /**
   * Call it when a password is changed. Ends every session, and every lock: the wrong codes were entered by somebody who knew the
   * old password, and does not know the new one.
   */
  async passwordChanged(userId: string): Promise<void> {
    await this.access.passwordChanged(userId);
  }

  /** Ends every session of a user, refresh tokens too. */
  async endSessions(userId: string): Promise<void> {
    await this.access.endSessions(userId);
  }
}
