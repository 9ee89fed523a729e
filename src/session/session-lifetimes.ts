import { secondsAfter } from '../core/clock.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import type { SessionOptions } from './session-options.js';
import type { ClientGrant } from './sign-in.js';

type Lifetimes = Pick<MfaSession, 'tokenExpiresAt' | 'idleExpiresAt' | 'expiresAt'>;

/** Returns when a new session and its token end. */
export function lifetimesOf(now: Date, options: SessionOptions, grant?: ClientGrant): Lifetimes {
  if (!grant) {
    const expiresAt = secondsAfter(now, options.lifetimeSeconds);
    const idleExpiresAt = earlier(secondsAfter(now, options.idleSeconds), expiresAt);
    return { tokenExpiresAt: expiresAt, idleExpiresAt, expiresAt };
  }
  const tokenExpiresAt = secondsAfter(now, options.accessTokenSeconds);
  const expiresAt = grant.refreshable ? secondsAfter(now, options.refreshLifetimeSeconds) : tokenExpiresAt;
  return { tokenExpiresAt: earlier(tokenExpiresAt, expiresAt), idleExpiresAt: tokenExpiresAt, expiresAt };
}

/** Returns the new end of an active session, or undefined while the old end is almost as late. */
export function prolonged(session: Lifetimes, now: Date, { idleSeconds }: SessionOptions): Date | undefined {
  const idleExpiresAt = earlier(secondsAfter(now, idleSeconds), session.tokenExpiresAt);
  const gained = idleExpiresAt.getTime() - session.idleExpiresAt.getTime();
  // The last stretch before the token's end is less than a tenth, and still belongs to a session in use.
  const least = idleExpiresAt < session.tokenExpiresAt ? idleSeconds * 100 : 1;
  return gained < least ? undefined : idleExpiresAt;
}

/** Returns the earlier of two moments. */
export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
