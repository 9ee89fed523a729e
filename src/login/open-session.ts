import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { originOf } from '../session/session-origin.js';
import { Sessions } from '../session/sessions.js';
import type { ClientGrant, IssuedSession, SignIn } from '../session/sign-in.js';
import type { LoginAttempt } from './first-half.js';
import { Login, type LoginOutcome } from './login.js';
import type { SecondFactor } from './given-proofs.js';

/** The outcome of a login that is not refused: a session and its tokens, or a challenge. */
export type SignInOutcome =
  | { kind: 'granted'; issued: IssuedSession; recoveryCodesRemaining?: number }
  | Extract<LoginOutcome, { kind: 'challenged' }>;

/** Opens the session of a login, and tells the listeners. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly login: Login,
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly clock: Clock,
  ) {}

  /**
   * Decides over a user who has passed the first half of a login, and opens the session. A backup code turns MFA off only if the
   * session is there.
   * @throws {MfaError} if the login is refused
   * @example
   * ```ts
   * const outcome = await openSession.signIn(login.identified(user, request.ip), { mfaCode: code });
   * if (outcome.kind === 'challenged') throw new UnauthorizedException('Send the code.');
   * const { token } = outcome.issued;
   * ```
   */
  async signIn(attempt: LoginAttempt, second: SecondFactor = {}, grant?: ClientGrant): Promise<SignInOutcome> {
    const outcome = await this.login.decide(attempt, second, { grant });
    if (outcome.kind === 'challenged') return outcome;
    const { signIn, recoveryCodesRemaining } = outcome;
    const issued = outcome.issued ?? (await this.open(signIn, grant));
    await this.tell(signIn, issued, attempt.network);
    return { kind: 'granted', issued, recoveryCodesRemaining };
  }

  /**
   * Opens the session of a login that `decide` has granted, and returns its tokens.
   * @example
   * ```ts
   * const outcome = await login.decide(login.identified(user, request.ip), { mfaCode: code });
   * if (outcome.kind === 'challenged') throw new UnauthorizedException('Send the code.');
   * const { token } = await openSession.for(outcome.signIn);
   * ```
   */
  async for(signIn: SignIn, grant?: ClientGrant, network?: string): Promise<IssuedSession> {
    const issued = await this.open(signIn, grant);
    await this.tell(signIn, issued, network);
    return issued;
  }

  private async open(signIn: SignIn, grant?: ClientGrant): Promise<IssuedSession> {
    const issued = await this.sessions.open(signIn, grant);
    await this.sessions.endOldest(issued.session);
    return issued;
  }

  private async tell(
    { userId, amr, afterLock = false }: SignIn,
    { session }: IssuedSession,
    network?: string,
  ): Promise<void> {
    if (userId === null) return;
    const origin = { ...originOf(session, network), purpose: 'login' } as const;
    await this.events.tell({ type: 'signed_in', userId, at: this.clock.now(), amr, afterLock }, origin);
  }
}
