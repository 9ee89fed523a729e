import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientGrant, IssuedSession, SignIn } from '../session/sign-in.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { type DirectoryUser, idOf, UserDirectory } from '../users/user-directory.js';
import { type Credentials, FirstHalf, type LoginAttempt } from './first-half.js';
import { type SecondFactor, SecondFactors } from './second-factors.js';

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
      /** After a recovery code with `backupCodes.onUse: 'keep'`: how many are left. */
      recoveryCodesRemaining?: number;
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
  constructor(
    private readonly users: UserDirectory,
    private readonly firstHalf: FirstHalf,
    private readonly secondFactors: SecondFactors,
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
  authenticate(credentials: Credentials): Promise<LoginAttempt> {
    return this.firstHalf.authenticate(credentials);
  }

  /**
   * Returns the attempt of a user whom the application has identified in another way, e.g. by a signed link.
   * @example
   * ```ts
   * const attempt = login.identified(user, request.ip);
   * ```
   */
  identified(user: DirectoryUser, address: string | undefined): LoginAttempt {
    return this.firstHalf.identified(user, address);
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
    const row = await this.firstHalf.rowOf(attempt);
    const standing = await this.firstHalf.standingOf(attempt);
    const outcome = row?.enabled
      ? await this.secondFactors.decide({ ...attempt, standing }, row, { ...second, opening })
      : passwordAlone(attempt.user, row);
    // Only a granted login: an attacker with the password alone must not make a network known.
    if (outcome.kind === 'granted') await this.firstHalf.remember(standing);
    return outcome;
  }
}

function passwordAlone(user: DirectoryUser, row: SeenRow): LoginOutcome {
  const signIn = { userId: idOf(user), amr: ['pwd'], authEpoch: row?.authEpoch ?? 0, factorProven: false };
  return { kind: 'granted', signIn };
}
