import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { Sessions } from '../session/sessions.js';
import type { ClientGrant, IssuedSession, SignIn } from '../session/sign-in.js';

/** Opens the session of a granted login, and tells the listeners. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the session of a granted login and returns its tokens.
   * @example
   * ```ts
   * const outcome = await login.decide(login.identified(user, request.ip), { mfaCode: code });
   * if (outcome.kind === 'challenged') throw new UnauthorizedException('Send the code.');
   * const { token } = await openSession.for(outcome.signIn);
   * ```
   */
  async for(signIn: SignIn, grant?: ClientGrant): Promise<IssuedSession> {
    const issued = await this.sessions.open(signIn, grant);
    const { userId, amr, afterLock = false } = signIn;
    if (userId !== null) await this.events.tell({ type: 'signed_in', userId, at: this.clock.now(), amr, afterLock });
    return issued;
  }
}
