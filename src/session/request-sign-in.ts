import { type ExecutionContext, Injectable } from '@nestjs/common';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { idOf, isActive, UserDirectory } from '../users/user-directory.js';
import { provenBy } from './mfa-claims.js';
import { refuseOnlyRecovering } from './recovery-only.js';
import { OwnCredentials } from './own-credentials.js';
import { Sessions } from './sessions.js';
import { noteOwnSignedIn, noteSignedIn, type SignedIn } from './signed-in-request.js';
import { type TokenRequest, TokenSource } from './token-source.js';
import { refuseEnded, unauthenticated, userRequired } from './unauthenticated.js';

/** Finds who is signed in by a request: by a token of the module, or by a credential of the application. */
@Injectable()
export class RequestSignIn {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: UserDirectory,
    private readonly store: MultiFactorAuthStore,
    private readonly tokens: TokenSource,
    private readonly own: OwnCredentials,
  ) {}

  /** Notes on the request who is signed in. @throws {MfaError} 401, or 403 for a client's own token */
  async note(request: TokenRequest, context: ExecutionContext): Promise<void> {
    const isOwn = this.own.areUsed;
    const found = isOwn ? await this.byOwn(request, context) : await this.byToken(this.tokens.of(request));
    refuseOnlyRecovering(found.session, context);
    if (isOwn) noteOwnSignedIn(request, found);
    else noteSignedIn(request, found);
  }

  private async byToken(token: string | undefined): Promise<SignedIn> {
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

  private async byOwn(request: object, context: ExecutionContext): Promise<SignedIn> {
    const found = await this.own.read(request, context);
    if (!found) throw unauthenticated();
    const { userId } = found;
    const [user, row] = await Promise.all([this.users.findById(userId), this.store.find(userId)]);
    const proven = provenBy(found.claims);
    const session = {
      id: null,
      userId,
      clientId: null,
      scope: [],
      ...proven,
      onlyRecovers: this.own.onlyRecovers(proven.amr, row),
    };
    refuseEnded(session, row);
    // The row of another spelling of the id would say that MFA is off.
    if (user && isActive(user) && idOf(user) === userId) return { user, session, row };
    throw unauthenticated('invalid_token');
  }
}
