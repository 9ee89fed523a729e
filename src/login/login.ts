import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import type { Connection } from '../http/connection.js';
import { networkOf } from '../http/network.js';
import { type PasswordAttempt, PasswordAttempts } from '../limits/password-attempts.js';
import type { ClientGrant, IssuedSession, SignIn } from '../session/sign-in.js';
import { MultiFactorAuthStore, type SeenRow } from '../store/multi-factor-auth.store.js';
import { type DirectoryUser, idOf, isActive, UserDirectory } from '../users/user-directory.js';
import { type SecondFactor, SecondFactors } from './second-factors.js';

/** A name and a password: the first half of a login. */
export interface Credentials {
  username: string;
  password: string;
  /** The client's address, as the framework gives it: `request.ip`. Its network counts wrong passwords and messages. */
  address: string | undefined;
  /** Says whether the client has gone, e.g. an `AbortSignal`: a backup code then stays unused. */
  signal?: Connection;
}

/** A user who has passed the first half of a login. `decide` takes it. */
export interface LoginAttempt {
  user: DirectoryUser;
  network: string;
  startedAt: Date;
  /** The limits of the password, if the module judged it. */
  passwords?: PasswordAttempt;
  /** Says whether the client has gone. */
  signal?: Connection;
}

/** The session that a decision opens itself, for the client that asks. */
export interface Opening {
  grant?: ClientGrant;
}

/** The outcome of a login that is not refused. */
export type LoginOutcome =
  | {
      kind: 'granted';
      signIn: SignIn;
      /** The session, where it had to be opened before the decision was written. */
      issued?: IssuedSession;
    }
  /** The user must prove a second factor. Send `show` to the client, and return `phase` with the proof. */
  | { kind: 'challenged'; challengeType: string; show?: object; phase?: unknown };

/**
 * Decides whether a login is granted, challenged or refused. A protocol translates between its requests and this class.
 * @example
 * ```ts
 * const attempt = await login.authenticate({ username, password, address: request.ip });
 * const outcome = await login.decide(attempt, { mfaCode: code });
 * if (outcome.kind === 'granted') await openSession.for(outcome.signIn);
 * ```
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
   * Checks a name and a password.
   * @throws {MfaError} `invalid_credentials`, the same for each reason, or `locked` after too many wrong passwords
   * @example
   * ```ts
   * const attempt = await login.authenticate({ username, password, address: request.ip });
   * ```
   */
  async authenticate({ username, password, address, signal }: Credentials): Promise<LoginAttempt> {
    const passwords = await this.passwords.begin(username, networkOf(address));
    const user = await this.users.authenticate(username, password);
    await this.passwords.end(passwords, user !== null);
    if (!user) throw new MfaError('invalid_credentials');
    return { user, network: passwords.network.name, startedAt: passwords.startedAt, passwords, signal };
  }

  /**
   * Returns the attempt of a user whom the application has identified in another way, e.g. by a signed link.
   * @example
   * ```ts
   * const attempt = login.identified(user, request.ip);
   * ```
   */
  identified(user: DirectoryUser, address: string | undefined): LoginAttempt {
    return { user, network: networkOf(address), startedAt: this.clock.now() };
  }

  /**
   * Decides over a user who has passed the first half, and writes the decision: a code is spent. Without a code, it asks for the
   * second factor. To open a session, call `OpenSession.signIn` instead.
   * @param opening has a backup code open its session before it is spent
   * @throws {MfaError} if the login is refused
   * @example
   * ```ts
   * const outcome = await login.decide(login.identified(user, request.ip), { mfaCode: code });
   * const isOver = outcome.kind === 'granted'; // otherwise `outcome.challengeType` says what to prove
   * ```
   */
  async decide(attempt: LoginAttempt, second: SecondFactor = {}, opening?: Opening): Promise<LoginOutcome> {
    const row = await this.store.find(idOf(attempt.user));
    await this.refuseIfChanged(attempt.user);
    const outcome = row?.enabled
      ? await this.secondFactors.decide(attempt, row, { ...second, opening })
      : passwordAlone(attempt.user, row);
    // Only a granted login: an attacker with the password alone must not make a network known.
    if (outcome.kind === 'granted' && attempt.passwords) await this.rememberNetwork(attempt.passwords);
    return outcome;
  }

  private async rememberNetwork(passwords: PasswordAttempt): Promise<void> {
    try {
      await this.passwords.remember(passwords);
    } catch (error) {
      // The factor is proven and its code is spent, so the login must not fail for this.
      this.logger.error(`Could not remember a network: ${error instanceof Error ? error.name : typeof error}`);
    }
  }

  // While a password is judged, its owner may change it. The row was read before this check. A later change raises the epoch,
  // which ends the session of this login.
  private async refuseIfChanged(user: DirectoryUser): Promise<void> {
    const now = await this.users.findById(idOf(user));
    if (!now || !isActive(now) || now.passwordHash !== user.passwordHash) throw new MfaError('invalid_credentials');
  }
}

function passwordAlone(user: DirectoryUser, row: SeenRow): LoginOutcome {
  const signIn = { userId: idOf(user), amr: ['pwd'], authEpoch: row?.authEpoch ?? 0, factorProven: false };
  return { kind: 'granted', signIn };
}
