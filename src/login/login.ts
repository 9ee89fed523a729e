import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { type DirectoryUser, idOf, isActive, UserDirectory } from '../core/user-directory.js';
import type { SignIn } from '../session/sessions.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { FactorPrompt } from '../verification/factor-prompt.js';
import { FactorProof } from '../verification/factor-proof.js';

/** The second half of a login, whatever protocol it came by. */
export interface SecondFactor {
  mfaCode?: string;
  backupCode?: string;
}

/** How a login ends when it is not refused. */
export type LoginOutcome = { kind: 'granted'; signIn: SignIn } | { kind: 'challenged'; challengeType: string };

/**
 * Decides whether a login is granted, challenged or refused. A protocol only translates this: see `authtoken/` and
 * `oauth2/` for how little that takes.
 */
@Injectable()
export class Login implements OnModuleInit {
  constructor(
    private readonly users: UserDirectory,
    private readonly store: MultiFactorAuthStore,
    private readonly proof: FactorProof,
    private readonly factorPrompt: FactorPrompt,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.users.prepare();
  }

  /** The user with this name and password. @throws {MfaError} `invalid_credentials`, the same for every reason */
  async authenticate(username: string, password: string): Promise<DirectoryUser> {
    const user = await this.users.authenticate(username, password);
    if (!user) throw new MfaError('invalid_credentials');
    return user;
  }

  /** Decides over a user whose password was right. @throws {MfaError} */
  async decide(user: DirectoryUser, { mfaCode, backupCode }: SecondFactor): Promise<LoginOutcome> {
    const userId = idOf(user);
    const record = await this.store.find(userId);
    await this.refuseIfChanged(user);
    if (!record?.enabled) {
      return {
        kind: 'granted',
        signIn: { userId, amr: ['pwd'], authEpoch: record?.authEpoch ?? 0, factorProven: false },
      };
    }
    if (mfaCode !== undefined && backupCode !== undefined) throw new MfaError('both_codes');
    if (mfaCode !== undefined) return this.byCode(record, mfaCode);
    if (backupCode !== undefined) return this.byBackupCode(record, backupCode);
    await this.factorPrompt.send(record, 'login');
    return { kind: 'challenged', challengeType: record.challengeType };
  }

  // Judging a password takes long enough for its owner to change it. The row was read before this: a change that comes
  // later than both raises the epoch, and with it ends the session of this login.
  private async refuseIfChanged(user: DirectoryUser): Promise<void> {
    const now = await this.users.findById(idOf(user));
    if (!now || !isActive(now) || now.passwordHash !== user.passwordHash) throw new MfaError('invalid_credentials');
  }

  private async byCode(record: AbstractMultiFactorAuth, code: string): Promise<LoginOutcome> {
    const proven = await this.proof.code(record, code, 'login');
    if (!proven) throw new MfaError('invalid_mfa_code');
    const { amr, ...rest } = proven;
    return { kind: 'granted', signIn: { ...rest, userId: record.userId, amr: ['pwd', ...amr], factorProven: true } };
  }

  // A backup code signs in, but it is no second factor of the session: it opens no route behind @RequireMfa().
  private async byBackupCode(record: AbstractMultiFactorAuth, code: string): Promise<LoginOutcome> {
    const proven = await this.proof.backupCode(record, code);
    if (!proven) throw new MfaError('invalid_backup_code');
    const { amr, ...rest } = proven;
    return { kind: 'granted', signIn: { ...rest, userId: record.userId, amr: ['pwd', ...amr], factorProven: false } };
  }
}
