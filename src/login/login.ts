import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { type DirectoryUser, idOf, isActive, UserDirectory } from '../users/user-directory.js';
import type { SignIn } from '../session/sessions.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { FactorPrompt } from '../verification/factor-prompt.js';
import { FactorProof } from '../verification/factor-proof.js';
import { type PasswordAttempt, PasswordAttempts } from '../limits/password-attempts.js';

/** The first half of a login. */
export interface Credentials {
  username: string;
  password: string;
  /** The client's, as the framework gives it: `request.ip`. Wrong passwords are counted by it. */
  address: string | undefined;
}

/** The second half of a login, whatever protocol it came by. */
export interface SecondFactor {
  mfaCode?: string;
  backupCode?: string;
  /** The client's, as for the password. Messages are counted by it. */
  address: string | undefined;
}

/** How a login ends when it is not refused. */
export type LoginOutcome = { kind: 'granted'; signIn: SignIn } | { kind: 'challenged'; challengeType: string };

/**
 * Decides whether a login is granted, challenged or refused. A protocol only translates this: see `authtoken/` and
 * `oauth2/` for how little that takes.
 */
@Injectable()
export class Login implements OnModuleInit {
  private readonly logger = new Logger('MfaModule');
  // What a user's password was judged under, from there to the end of the same login.
  private readonly attempts = new WeakMap<DirectoryUser, PasswordAttempt>();

  constructor(
    private readonly users: UserDirectory,
    private readonly store: MultiFactorAuthStore,
    private readonly passwords: PasswordAttempts,
    private readonly proof: FactorProof,
    private readonly factorPrompt: FactorPrompt,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.users.prepare();
  }

  /**
   * The user with this name and password. @throws {MfaError} `invalid_credentials`, the same for every reason, or `locked`
   * after too many of them
   */
  async authenticate({ username, password, address }: Credentials): Promise<DirectoryUser> {
    const attempt = await this.passwords.begin(username, address);
    const user = await this.users.authenticate(username, password);
    await this.passwords.end(attempt, user !== null);
    if (!user) throw new MfaError('invalid_credentials');
    this.attempts.set(user, attempt);
    return user;
  }

  /** Decides over a user whose password was right. @throws {MfaError} */
  async decide(user: DirectoryUser, second: SecondFactor): Promise<LoginOutcome> {
    const attempt = this.attempts.get(user);
    this.attempts.delete(user);
    const outcome = await this.judge(user, second);
    // Not for the password alone: whoever only has that makes no network of theirs a known one.
    if (outcome.kind === 'granted' && attempt) await this.rememberNetwork(attempt, second.address);
    return outcome;
  }

  private async judge(user: DirectoryUser, { mfaCode, backupCode, address }: SecondFactor): Promise<LoginOutcome> {
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
    await this.factorPrompt.send(record, 'login', address);
    return { kind: 'challenged', challengeType: record.challengeType };
  }

  private async rememberNetwork(attempt: PasswordAttempt, address: string | undefined): Promise<void> {
    try {
      await this.passwords.remember(attempt, address);
    } catch (error) {
      // The factor is proven and its code spent: that the network stays unknown is no reason to refuse its owner.
      this.logger.error(`A network was not remembered: ${error instanceof Error ? error.name : typeof error}`);
    }
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
