import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { Clock, secondsAfter } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { KeyedHash, sameText } from '../crypto/keyed-hash.js';
import { randomId, randomToken } from '../crypto/randomness.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
import { SessionOptions } from './session-options.js';

/** What a login has established, for a session to rest on. */
export interface SignIn {
  userId: string | null;
  amr: string[];
  /** The user's epoch that the login decided on. */
  authEpoch: number;
  factorProven: boolean;
  /** Whether wrong proofs had locked the user since the last right one. */
  afterLock?: boolean;
}

/** What an OAuth2 client asked for. */
export interface ClientGrant {
  clientId: string;
  scope: string[];
  /** Whether refresh tokens go with it. */
  refreshable: boolean;
}

/** A new session and its tokens, which exist nowhere else. */
export interface IssuedSession {
  session: MfaSession;
  token: string;
  refreshToken?: string;
}

/** Opens, finds, refreshes and ends sessions. Tokens are random and kept as keyed hashes only. */
@Injectable()
export class Sessions {
  constructor(
    private readonly rows: Rows<MfaSession>,
    private readonly hashes: KeyedHash,
    private readonly clock: Clock,
    private readonly options: SessionOptions,
    private readonly events: EventTeller,
  ) {}

  /**
   * Returns the sessions bound to your transaction: what it ends is ended when you commit.
   * @throws {TypeError} for a manager without a transaction
   */
  within(manager: EntityManager): Sessions {
    return new Sessions(this.rows.within(manager), this.hashes, this.clock, this.options, this.events.within(manager));
  }

  /** Opens a session for a login, with an access and a refresh token if a client asked for it. */
  async open(signIn: SignIn, grant?: ClientGrant): Promise<IssuedSession> {
    const now = this.clock.now();
    const token = randomToken();
    const refresh = grant?.refreshable ? { family: randomToken(), secret: randomToken() } : undefined;
    const session: MfaSession = {
      id: randomId(),
      userId: signIn.userId,
      clientId: grant?.clientId ?? null,
      scope: grant?.scope ?? [],
      grantedScope: grant?.scope ?? [],
      amr: signIn.amr,
      signedInAt: now,
      factorProvenAt: signIn.factorProven ? now : null,
      authEpoch: signIn.authEpoch,
      tokenHash: this.hashes.hash('token', token),
      refreshFamily: refresh ? this.hashes.hash('refresh-family', refresh.family) : null,
      refreshHash: refresh ? this.hashes.hash('refresh', refresh.secret) : null,
      ...this.lifetimes(now, grant),
    };
    await this.rows.insert(session);
    return { session, token, refreshToken: refresh && `${refresh.family}.${refresh.secret}` };
  }

  /** The live session of a token, or null. */
  async find(token: string): Promise<MfaSession | null> {
    const now = this.clock.now();
    const session = await this.rows.find({ tokenHash: In(this.hashes.candidates('token', token)) });
    if (!session || session.tokenExpiresAt <= now || session.idleExpiresAt <= now || session.expiresAt <= now)
      return null;
    await this.keepAwake(session, now);
    return session;
  }

  /**
   * The live session of a refresh token, or null. A token that this session has already replaced is a stolen one or its
   * theft's victim: the session ends (RFC 9700 §4.14.2).
   */
  async findRefreshable(refreshToken: string): Promise<MfaSession | null> {
    const [family, secret] = refreshToken.split('.');
    if (!family || !secret) return null;
    const refreshFamily = In(this.hashes.candidates('refresh-family', family));
    const session = await this.rows.find({ refreshFamily });
    if (!session || session.expiresAt <= this.clock.now()) return null;
    const current = this.hashes.candidates('refresh', secret).some((hash) => sameText(hash, session.refreshHash ?? ''));
    if (current) return session;
    return this.endReused(session);
  }

  /** Replaces the tokens of a session, once for each refresh token; null, and the session's end, for the second try. */
  async refresh(session: MfaSession, refreshToken: string, scope: string[]): Promise<IssuedSession | null> {
    const now = this.clock.now();
    const [family] = refreshToken.split('.');
    const [token, secret] = [randomToken(), randomToken()];
    const expiresAt = earlier(secondsAfter(now, this.options.accessTokenSeconds), session.expiresAt);
    const next = {
      scope,
      tokenHash: this.hashes.hash('token', token),
      refreshHash: this.hashes.hash('refresh', secret),
      tokenExpiresAt: expiresAt,
      idleExpiresAt: expiresAt,
    };
    const unused = { id: session.id, refreshHash: session.refreshHash! };
    if (await this.rows.update(unused, next))
      return { session: { ...session, ...next }, token, refreshToken: `${family}.${secret}` };
    return this.endReused(session);
  }

  /** Notes a second factor that was proven in a session. */
  async recordFactor(session: MfaSession, amr: string[]): Promise<void> {
    const all = [...new Set([...session.amr, ...amr])];
    await this.rows.update({ id: session.id }, { amr: all, factorProvenAt: this.clock.now() });
  }

  /**
   * Ends every session of a user but one, which goes on in the user's new epoch: `withoutFactor` when what it has proven
   * is in force no more.
   */
  async endOthers(kept: MfaSession, authEpoch: number, { withoutFactor = false } = {}): Promise<void> {
    const next = { authEpoch, ...(withoutFactor && { factorProvenAt: null }) };
    await this.rows.update({ id: kept.id }, next);
    await this.rows.delete({ userId: kept.userId!, id: Not(kept.id) });
  }

  /** Ends the sessions that a user has now. To end those of logins under way too, use `MultiFactorAuthService.endSessions`. */
  async endAll(userId: string): Promise<void> {
    await this.rows.delete({ userId });
  }

  /** Ends one session, with its refresh tokens. */
  async end(id: string): Promise<void> {
    await this.rows.delete({ id });
  }

  // Told by the one request that ends it, of however many come with the token.
  private async endReused({ id, userId }: MfaSession): Promise<null> {
    const isEnded = (await this.rows.delete({ id })) > 0;
    if (isEnded && userId !== null) {
      await this.events.tell({ type: 'refresh_token_reused', userId, at: this.clock.now() });
    }
    return null;
  }

  private lifetimes(
    now: Date,
    grant?: ClientGrant,
  ): Pick<MfaSession, 'tokenExpiresAt' | 'idleExpiresAt' | 'expiresAt'> {
    const { lifetimeSeconds, idleSeconds, accessTokenSeconds, refreshLifetimeSeconds } = this.options;
    if (!grant) {
      const expiresAt = secondsAfter(now, lifetimeSeconds);
      return {
        tokenExpiresAt: expiresAt,
        idleExpiresAt: earlier(secondsAfter(now, idleSeconds), expiresAt),
        expiresAt,
      };
    }
    const tokenExpiresAt = secondsAfter(now, accessTokenSeconds);
    const expiresAt = grant.refreshable ? secondsAfter(now, refreshLifetimeSeconds) : tokenExpiresAt;
    return { tokenExpiresAt: earlier(tokenExpiresAt, expiresAt), idleExpiresAt: tokenExpiresAt, expiresAt };
  }

  // At most one write in a tenth of the idle time: a write for each request would be the module's busiest statement. The
  // last stretch before the token's end is less than that, and still belongs to a session in use.
  private async keepAwake(session: MfaSession, now: Date): Promise<void> {
    const idleExpiresAt = earlier(secondsAfter(now, this.options.idleSeconds), session.tokenExpiresAt);
    const gained = idleExpiresAt.getTime() - session.idleExpiresAt.getTime();
    const least = idleExpiresAt < session.tokenExpiresAt ? this.options.idleSeconds * 100 : 1;
    if (gained < least) return;
    await this.rows.update({ id: session.id }, { idleExpiresAt });
  }
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
