import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isActive, UserDirectory } from '../users/user-directory.js';
import { isHttpException } from '../http/foreign-errors.js';
import { requestOf } from '../http/http-context.js';
import { refusalOf } from '../http/refusal.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { refuseOnlyRecovering } from './recovery-only.js';
import { Sessions } from './sessions.js';
import { noteSignedIn, type SignedIn } from './signed-in-request.js';
import { refuseEnded, unauthenticated, userRequired } from './unauthenticated.js';

/**
 * Lets a request through if it has a live token of an active user, as `Authorization: Token …` or `Bearer …`. Otherwise it
 * answers 401, or 403 for a client's own token and for a session that must get new recovery codes first. It works over HTTP only: on a GraphQL resolver, gateway or microservice it
 * refuses every call with `http_only`.
 * @example
 * ```ts
 * const SignedIn = () => UseGuards(SessionGuard);
 * ```
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: UserDirectory,
    private readonly store: MultiFactorAuthStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf<{ headers: { authorization?: string } }>(context);
    try {
      const found = await this.signedInBy(tokenOf(request.headers.authorization));
      refuseOnlyRecovering(found.session, context);
      noteSignedIn(request, found);
      return true;
    } catch (error) {
      // Wrapped, so that the application's filters do not log a driver's message, which may contain parameters.
      throw isHttpException(error) ? error : refusalOf(error);
    }
  }

  private async signedInBy(token: string | undefined): Promise<SignedIn> {
    if (!token) throw unauthenticated();
    const session = await this.sessions.findAny(token);
    if (!session) throw unauthenticated('invalid_token');
    if (session.userId === null) throw userRequired();
    // Read at every request: what ends a user's sessions raises the epoch, and so also ends one that a login, decided
    // before, inserts after it.
    const [user, row] = await Promise.all([this.users.findById(session.userId), this.store.find(session.userId)]);
    refuseEnded(session, row);
    if (user && isActive(user)) return { user, session, row };
    // Over for good: it must not live again with a user who is made active again, or with another user of the same id.
    await this.sessions.end(session.id);
    throw unauthenticated('invalid_token');
  }
}

/** RFC 6750 §2.1, with as many blanks as RFC 9110 §11.4 allows, and Django's `Token` besides. Never from the query or the body, where it would be logged. */
function tokenOf(header: string | undefined): string | undefined {
  return /^(?:token|bearer) +([\x21-\x7e]+)$/i.exec(header ?? '')?.[1];
}
