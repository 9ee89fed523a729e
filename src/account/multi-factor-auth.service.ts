import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BackupCodeSet } from '../enrolment/backup-code-set.js';
import type { MfaStatus } from '../enrolment/mfa-status.js';
import { Removal } from '../enrolment/removal.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { Access, type ForgetOptions } from './access.js';
import { FactorImport } from './factor-import.js';
import { Identity } from './identity.js';

/**
 * Works with a user's MFA inside the application: for support tools, imports and password changes. User ids are text.
 * @example
 * ```ts
 * const { enabled } = await mfa.status(userId);
 * if (enabled) await mfa.disable(userId);
 * ```
 */
@Injectable()
export class MultiFactorAuthService {
  constructor(
    private readonly removal: Removal,
    private readonly backupCodes: BackupCodeSet,
    private readonly factorImport: FactorImport,
    private readonly access: Access,
    private readonly identity: Identity,
  ) {}

  /**
   * Returns the service bound to your transaction. Its changes commit or roll back with yours, and listeners hear after the
   * commit. Without it, a call inside your transaction uses another connection. It can wait for a row or a connection that
   * your transaction holds, and then fails after 10 seconds.
   * @throws {TypeError} for a manager without a transaction, or of another data source
   * @example
   * ```ts
   * await dataSource.transaction(async (manager) => {
   *   await manager.update(User, Number(userId), { active: false });
   *   await mfa.within(manager).endSessions(userId);
   * });
   * ```
   */
  within(manager: EntityManager): Omit<MultiFactorAuthService, 'within' | 'checkAndUseBackupCode'> {
    return new MultiFactorAuthService(
      this.removal.within(manager),
      this.backupCodes.within(manager),
      this.factorImport.within(manager),
      this.access.within(manager),
      this.identity.within(manager),
    );
  }

  /**
   * Returns what `GET /mfa/` answers.
   * @example
   * ```ts
   * const { enabled, challenge_type, phone_number } = await mfa.status(userId);
   * ```
   */
  async status(userId: string): Promise<MfaStatus> {
    return this.access.status(userId);
  }

  /**
   * Returns the user's epoch now. Whatever ends a user's sessions raises it: compare it with `mfa_epoch` in your own guard, and refuse a
   * credential with another one.
   * @example
   * ```ts
   * const isOver = claims.mfa_epoch !== (await mfa.epoch(userId));
   * ```
   */
  async epoch(userId: string): Promise<number> {
    return this.access.epoch(userId);
  }

  /**
   * Turns MFA off, erases its secrets and ends every session of the user. Ask for a proof before. Deux: `disable`.
   * @throws {MfaError} `mfa_disabled` if it is off
   * @example
   * ```ts
   * await mfa.disable(userId);
   * ```
   */
  async disable(userId: string): Promise<void> {
    await this.removal.byApplication(userId);
  }

  /**
   * Replaces all backup codes and returns the new ones, which cannot be shown again. Deux: `refresh_backup_code`.
   * @throws {MfaError} `mfa_disabled` if MFA is off, `locked` after ten times in an hour, `conflict` if another call was first
   * @example
   * ```ts
   * const codes = await mfa.refreshBackupCodes(userId);
   * ```
   */
  async refreshBackupCodes(userId: string): Promise<string[]> {
    return this.backupCodes.renew({ id: userId, name: userId });
  }

  /**
   * Says whether a backup code is right, and uses it as a login does. Call it outside of transactions: a rollback would undo
   * the count of wrong codes. Deux: `check_and_use_backup_code`.
   * @example
   * ```ts
   * const isRight = await mfa.checkAndUseBackupCode(userId, code);
   * ```
   */
  async checkAndUseBackupCode(userId: string, code: string): Promise<boolean> {
    return this.backupCodes.use(userId, code);
  }

  /**
   * Turns MFA on with a factor that was verified elsewhere, and ends every session of the user. It asks for no proof: the
   * caller decides who has the second factor, and a wrong number locks the user out. Deux: `enable`.
   * @param body the body of `PUT /mfa/<type>/request/`
   * @throws {MfaError} `mfa_enabled` if it is on, `invalid_request` for a wrong body
   * @throws {TypeError} for a challenge that shows a secret, e.g. `totp`: see `importFactor`
   * @example
   * ```ts
   * await mfa.enable(userId, 'sms', { phone_number: '14085862744' });
   * ```
   */
  async enable(userId: string, type: string, body: object): Promise<void> {
    await this.factorImport.enable(userId, type, body);
  }

  /**
   * Takes over a factor that its user has already, e.g. an authenticator app whose key your application has kept. It turns MFA on, or
   * adds the factor to the others, and ends every session of the user. docs/challenges.md has a whole migration.
   * @param imported a `TotpImport` for `totp`, and the body of `PUT /mfa/<type>/request/` for others. `name` is what the user calls it
   * @throws {MfaError} `too_many_factors`, or `invalid_request` for a wrong body
   * @throws {TypeError} for a key that no app can have. It does not quote the key
   * @example
   * ```ts
   * await mfa.importFactor(userId, 'totp', { secret: 'JBSWY3DPEHPK3PXP', name: 'Pixel 9' });
   * ```
   */
  async importFactor(userId: string, type: string, imported: object): Promise<void> {
    await this.factorImport.import(userId, type, imported);
  }

  /**
   * Ends every lock and every count of wrong codes, including the rolling limits. Ask for a proof before.
   * @example
   * ```ts
   * await mfa.unlock(userId);
   * ```
   */
  async unlock(userId: string): Promise<void> {
    await this.access.unlock(userId);
  }

  /**
   * Call it when a password changes. It ends every session, and every lock: the wrong codes came from somebody who knew the old
   * password.
   * @param options `keep` is the session that changed it, which goes on
   * @example
   * ```ts
   * await dataSource.transaction(async (manager) => {
   *   await manager.update(User, Number(userId), { passwordHash: await hash(password) });
   *   await mfa.within(manager).passwordChanged(userId);
   * });
   * ```
   */
  async passwordChanged(userId: string, { keep }: { keep?: MfaSession } = {}): Promise<void> {
    await this.access.passwordChanged(userId, keep);
  }

  /**
   * Ends every session of a user, including refresh tokens and logins in progress.
   * @example
   * ```ts
   * await mfa.endSessions(userId);
   * ```
   */
  async endSessions(userId: string): Promise<void> {
    await this.access.endSessions(userId);
  }

  /**
   * Ends a user whom your application deletes: removes the row of MFA with its secrets and counts, and every session. It works
   * whether or not MFA is on. Call it after the user can no longer be found. If ids come back, call it before another user gets the id.
   * @example
   * ```ts
   * await mfa.forget(userId);
   * ```
   */
  async forget(userId: string, options?: ForgetOptions): Promise<void> {
    await this.access.forget(userId, options);
  }

  /**
   * Moves a user's MFA to a new id, for an application that changes its ids. Every session of the old id ends.
   * @throws {MfaError} `mfa_enabled` if the new id has a row already
   * @example
   * ```ts
   * await mfa.move('old-id', userId);
   * ```
   */
  async move(fromUserId: string, toUserId: string): Promise<void> {
    await this.identity.move(fromUserId, toUserId);
  }
}
