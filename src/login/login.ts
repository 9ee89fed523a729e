import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { networkOf } from '../http/network.js';
import { type PasswordAttempt, PasswordAttempts } from '../limits/password-attempts.js';
import type { SignIn } from '../session/sign-in.js';
import { MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { type DirectoryUser, idOf, isActive, UserDirectory } from '../users/user-directory.js';
import { type SecondFactor, SecondFactors } from './second-factors.js';

/** The first half of a login. */
export interface Credentials {
  username: string;
  password: string;
  /** The client's, as the framework gives it: `request.ip`. Wrong passwords and messages are counted by its network. */
  address: string | undefined;
}

/** A user who has passed the first half of a login, for `decide`. */
export interface LoginAttempt {
  user: DirectoryUser;
  network: string;
  startedAt: Date;
  /** What the password was judged under, where the module judged it. */
  passwords?: PasswordAttempt;
}

/** How a login ends when it is not refused. */
export type LoginOutcome =
  | { kind: 'granted'; signIn: SignIn }
  /** The second factor is asked for: `show` goes to the client, `phase` comes back with the proof. */
  | { kind: 'challenged'; challengeType: string; show?: object; phase?: unknown };

/**
 * Decides whether a login is granted, challenged or refused. A protocol only translates this: see `authtoken/` and
 * `oauth2/` for how little that takes.
 */
@Injectable()
export class Login implements OnModuleInit {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly users: UserDirectory,
    private readonly store: MultiFactorAuthStore,
    private readonly passwords: PasswordAttempts,
    private readonly secondFactors: SecondFactors,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.users.prepare();
  }

  /**
   * The user with this name and password. @throws {MfaError} `invalid_credentials`, the same for every reason, or `locked`
   * after too many of them
   */
  async authenticate({ username, password, address }: Credentials): Promise<LoginAttempt> {
    const passwords = await this.passwords.begin(username, networkOf(address));
    const user = await this.users.authenticate(username, password);
    await this.passwords.end(passwords, user !== null);
    if (!user) throw new MfaError('invalid_credentials');
    return { user, network: passwords.network.name, startedAt: passwords.startedAt, passwords };
  }

  /** A user whom the application knows otherwise, e.g. by a signed link or from another service. */
  identified(user: DirectoryUser, address: string | undefined): LoginAttempt {
    return { user, network: networkOf(address), startedAt: this.clock.now() };
  }

  /** Decides over a user who has passed the first half. @throws {MfaError} */
  async decide(attempt: LoginAttempt, second: SecondFactor = {}): Promise<LoginOutcome> {
    const row = await this.store.find(idOf(attempt.user));
    await this.refuseIfChanged(attempt.user);
    const outcome = row?.enabled
      ? await this.secondFactors.decide(attempt, row, second)
      : passwordAlone(attempt.user, row);
    // Not for the password alone where there is a second factor: an attacker who only has that makes no network a known one.
    if (outcome.kind === 'granted' && attempt.passwords) await this.rememberNetwork(attempt.passwords);
    return outcome;
  }

  private async rememberNetwork(passwords: PasswordAttempt): Promise<void> {
    try {
      await this.passwords.remember(passwords);
    } catch (error) {
      // The factor is proven and its code spent: that the network stays unknown is no reason to refuse its owner.
      this.logger.error(`Could not remember a network: ${error instanceof Error ? error.name : typeof error}`);
    }
  }

  // Judging a password takes long enough for its owner to change it. The row was read before this: a change that comes
  // later than both raises the epoch, and with it ends the session of this login.
  private async refuseIfChanged(user: DirectoryUser): Promise<void> {
    const now = await this.users.findById(idOf(user));
    if (!now || !isActive(now) || now.passwordHash !== user.passwordHash) throw new MfaError('invalid_credentials');
  }
}

function passwordAlone(user: DirectoryUser, row: SeenRow): LoginOutcome {
  const signIn = { userId: idOf(user), amr: ['pwd'], authEpoch: row?.authEpoch ?? 0, factorProven: false };
  return { kind: 'granted', signIn };
}
