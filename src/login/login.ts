import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientGrant, IssuedSession, SignIn } from '../session/sign-in.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';
import { type DirectoryUser, idOf, UserDirectory } from '../users/user-directory.js';
import { invalidToken, PendingProofs } from '../verification/pending-proofs.js';
import { type Caller, type Credentials, FirstHalf, type LoginAttempt, provenFirst } from './first-half.js';
import { type ChallengedLogin, PendingLogins } from './pending-logins.js';
import type { SecondFactor } from './given-proofs.js';
import { SecondFactors } from './second-factors.js';

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
  /** The user must prove a second factor. */
  | ChallengedLogin;

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
    private readonly pendingLogins: PendingLogins,
    private readonly proofs: PendingProofs,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.users.prepare();
  }

  /**
   * Checks a name and a password.
   * @throws {MfaError} `invalid_credentials`, the same for each reason, `invalid_request` for what cannot be a name or a password, or
   * `locked` after too many wrong passwords
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
   * Returns the attempt of a login that has asked for a second factor, by its `mfa_token`. The proof goes to `decide`.
   * @throws {MfaError} `invalid_mfa_token` if it is unknown or over, or the user may sign in no longer
   * @example
   * ```ts
   * const attempt = await login.resume(mfaToken, { address: request.ip });
   * const outcome = await login.decide(attempt, { mfaCode: code });
   * ```
   */
  async resume(mfaToken: unknown, caller: Caller): Promise<LoginAttempt> {
    return this.firstHalf.resumed(this.proofs.open(mfaToken, 'login'), caller);
  }

  /**
   * Begins the ceremony of another method of a pending login, or of the same again, e.g. with another message.
   * @throws {MfaError} `invalid_mfa_token`, `method_not_available`, or 503 if a message cannot be sent
   * @example
   * ```ts
   * const { challenge } = await login.choose(mfaToken, { method, address: request.ip });
   * ```
   */
  async choose(mfaToken: unknown, { method, ...caller }: Caller & { method?: unknown }): Promise<ChallengedLogin> {
    const pending = this.proofs.open(mfaToken, 'login');
    return this.pendingLogins.choose({ ...(await this.firstHalf.resumed(pending, caller)), pending }, method);
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
    const seen = await this.firstHalf.seen(attempt);
    const { row } = seen.seen;
    // MFA was turned off meanwhile: a pending login is not finished by that.
    if (attempt.pending && !row?.enabled) throw invalidToken();
    const outcome = row?.enabled
      ? await this.secondFactors.decide(seen, row, { ...second, opening })
      : firstHalfAlone(attempt, row);
    // Only a granted login: an attacker with the password alone must not make a network known.
    if (outcome.kind === 'granted') await this.firstHalf.remember(seen.standing);
    return outcome;
  }
}

function firstHalfAlone(attempt: LoginAttempt, row: SeenRow): LoginOutcome {
  const signIn = {
    userId: idOf(attempt.user),
    amr: provenFirst(attempt),
    authEpoch: row?.authEpoch ?? 0,
    factorProven: false,
  };
  return { kind: 'granted', signIn };
}
