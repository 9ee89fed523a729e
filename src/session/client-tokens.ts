import { Injectable } from '@nestjs/common';
import { secondsAfter } from '../core/clock.js';
import { sameText } from '../crypto/keyed-hash.js';
import { randomToken } from '../crypto/randomness.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { lostRace, withReplaced } from './replaced-tokens.js';
import { earlier } from './session-lifetimes.js';
import { originOf } from './session-origin.js';
import { SessionTable } from './session-table.js';
import type { IssuedSession } from './sign-in.js';

/** Finds, replaces and revokes the tokens that an OAuth2 client holds of a session. */
@Injectable()
export class ClientTokens extends SessionTable {
  /**
   * Returns the live session of a refresh token, or null. A refresh token used twice means that a copy was stolen: the session ends
   * (RFC 9700 §4.14.2). Within `refreshRaceSeconds` of its replacement it is only refused, because two tabs of one client may
   * refresh at the same moment.
   */
  async find(refreshToken: string, network?: string): Promise<MfaSession | null> {
    const { id, secret } = this.families.read(refreshToken) ?? {};
    if (!id || !secret) return null;
    const [session, now] = [await this.rows.find({ id }), this.clock.now()];
    if (!session?.refreshHash || session.expiresAt <= now) return null;
    const { refreshHash, replacedRefreshes } = session;
    const hashes = this.hashes.candidates('refresh', secret);
    if (hashes.some((hash) => sameText(hash, refreshHash))) return session;
    const isRace = lostRace(replacedRefreshes, hashes, now, this.options.refreshRaceSeconds);
    return isRace ? null : this.endReused(session, network);
  }

  /** Replaces the tokens of a session. Returns null if a concurrent request has used the same refresh token. */
  async replace(session: MfaSession, scope: string[], network?: string): Promise<IssuedSession | null> {
    const now = this.clock.now();
    const { accessTokenSeconds, refreshRaceSeconds } = this.options;
    const [token, secret] = [randomToken(), randomToken()];
    const expiresAt = earlier(secondsAfter(now, accessTokenSeconds), session.expiresAt);
    const unused = { id: session.id, refreshHash: session.refreshHash! };
    const next = {
      scope,
      tokenHash: this.hashes.hash('token', token),
      refreshHash: this.hashes.hash('refresh', secret),
      replacedRefreshes: withReplaced(session.replacedRefreshes, unused.refreshHash, now, refreshRaceSeconds),
      tokenExpiresAt: expiresAt,
      idleExpiresAt: expiresAt,
    };
    if (!(await this.rows.updateOne(unused, next))) {
      return refreshRaceSeconds > 0 ? null : this.endReused(session, network);
    }
    const { id, userId } = session;
    if (userId) await this.events.tell({ type: 'session_refreshed', userId, at: now }, originOf(session, network));
    return { session: { ...session, ...next }, token, refreshToken: this.families.token(id, secret) };
  }

  /** Ends the session of a client's access or refresh token, even if the token has expired or was replaced (RFC 7009). */
  async revoke(token: string, clientId: string): Promise<void> {
    const session = await this.ofToken(token);
    // Another client's token stays valid. An unknown one counts as revoked (RFC 7009 §2.2).
    if (session?.clientId === clientId) await this.rows.delete({ id: session.id });
  }

  private async ofToken(token: string): Promise<MfaSession | null> {
    const family = this.families.read(token);
    if (family) return this.rows.find({ id: family.id });
    const [session] = await this.rows.findAmong('tokenHash', this.hashes.candidates('token', token));
    return session ?? null;
  }

  // Of concurrent requests with the token, only the one that deletes the session tells of it.
  private async endReused(session: MfaSession, network?: string): Promise<null> {
    const { id, userId } = session;
    const isEnded = (await this.rows.delete({ id })) > 0;
    if (isEnded && userId !== null) {
      const event = { type: 'refresh_token_reused', userId, at: this.clock.now() } as const;
      await this.events.tell(event, originOf(session, network));
    }
    return null;
  }
}
