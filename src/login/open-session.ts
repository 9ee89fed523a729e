import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { Sessions } from '../session/sessions.js';
import type { ClientGrant, IssuedSession, SignIn } from '../session/sign-in.js';

/** Opens the session of a granted login and tells of it. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly sessions: Sessions,
    private readonly events: EventTeller,
    private readonly clock: Clock,
  ) {}

  /** The session of a login that was granted, with its tokens. */
  async for(signIn: SignIn, grant?: ClientGrant): Promise<IssuedSession> {
    const issued = await this.sessions.open(signIn, grant);
    const { userId, amr, afterLock = false } = signIn;
    if (userId !== null) await this.events.tell({ type: 'signed_in', userId, at: this.clock.now(), amr, afterLock });
    return issued;
  }
}
