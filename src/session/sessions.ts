import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { randomId, randomToken } from '../crypto/randomness.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import type { LiveSession } from './live-session.js';
import { allButNewest } from './session-limit.js';
import { lifetimesOf, prolonged } from './session-lifetimes.js';
import { originOf } from './session-origin.js';
import { SessionTable } from './session-table.js';
import type { ClientGrant, IssuedSession, SignIn } from './sign-in.js';

/** Requests of one session that change factors at the same moment. With more, it is alive by its user's row alone. */
const TRIES = 20;

/** What a session goes on with in a later epoch of its user. */
type NextSession = Partial<Omit<LiveSession, 'id'>> & Pick<LiveSession, 'authEpoch'>;

/**
 * Opens, finds and ends sessions. Tokens are random, and the database has only keyed hashes of them.
 * @example
 * ```ts
 * const session = await sessions.find(token);
 * if (session) await sessions.end(session.id);
 * await sessions.endAll(userId);
 * ```
 */
@Injectable()
export class Sessions extends SessionTable {
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
    const [id, secret] = [randomId(), grant?.refreshable ? randomToken() : undefined];
    const session: MfaSession = {
      id,
      userId: signIn.userId,
      clientId: grant?.clientId ?? null,
      scope: grant?.scope ?? [],
      grantedScope: grant?.scope ?? [],
      amr: signIn.amr,
      signedInAt: now,
      factorProvenAt: signIn.factorProven ? now : null,
      onlyRecovers: signIn.onlyRecovers ?? false,
      stepUpFailures: 0,
      stepUpTold: 0,
      authEpoch: signIn.authEpoch,
      tokenHash: this.hashes.hash('token', token),
      refreshHash: secret === undefined ? null : this.hashes.hash('refresh', secret),
      replacedRefreshes: [],
      ...lifetimesOf(now, this.options, grant),
    };
    await this.rows.insert(session);
    return {
      session,
      token,
      refreshToken: secret && this.families.token(id, secret),
    };
  }

  /**
   * Ends the oldest sessions of a user who has more than `sessions.maxPerUser` with this one. Called after the insert, so that the last of
   * many concurrent logins sees them all.
   */
  async endOldest(session: MfaSession): Promise<void> {
    const { maxPerUser } = this.options;
    if (maxPerUser === false || session.userId === null) return;
    const { text, values } = allButNewest(session, maxPerUser, this.clock.now());
    await this.rows.write(text, values);
  }

  /** A new session as its login was decided, which may not be what was expected when it was opened. */
  async settled(
    issued: IssuedSession,
    decided: Pick<MfaSession, 'authEpoch' | 'onlyRecovers'>,
  ): Promise<IssuedSession> {
    const { id, authEpoch, onlyRecovers } = issued.session;
    if (authEpoch === decided.authEpoch && onlyRecovers === decided.onlyRecovers) return issued;
    await this.rows.updateOne({ id }, decided);
    return { ...issued, session: { ...issued.session, ...decided } };
  }

  /** The live session of a token, or null. Also null for one that may only recover, which opens nothing of the application. */
  async find(token: string): Promise<MfaSession | null> {
    const session = await this.findAny(token);
    return session?.onlyRecovers ? null : session;
  }

  /** The live session of a token, also one that may only recover: look at `onlyRecovers`. */
  async findAny(token: string): Promise<MfaSession | null> {
    const now = this.clock.now();
    const [session] = await this.rows.findAmong('tokenHash', this.hashes.candidates('token', token));
    if (!session || session.tokenExpiresAt <= now || session.idleExpiresAt <= now || session.expiresAt <= now)
      return null;
    await this.keepAwake(session, now);
    return session;
  }

  /** Ends every other session of a user. This one goes on in the user's new epoch, with what was proven just now. */
  continueProven(
    kept: LiveSession,
    authEpoch: number,
    { amr, isSecondFactor }: { amr: readonly string[]; isSecondFactor: boolean },
  ): Promise<LiveSession> {
    // Otherwise as it is now, not as this request has read it: another one may have removed the factor.
    const proven = isSecondFactor ? { factorProvenAt: this.clock.now() } : {};
    return this.continueAlone(kept, { authEpoch, amr: joined(kept.amr, amr), onlyRecovers: false, ...proven });
  }

  /** Does the same for a session whose factor was removed: it no longer counts as proven. */
  continueWithoutFactor(kept: LiveSession, authEpoch: number): Promise<LiveSession> {
    return this.continueAlone(kept, { authEpoch, factorProvenAt: null });
  }

  /** Opens the application to a session that could only recover, when its user has recovered. */
  async release({ id, onlyRecovers }: LiveSession): Promise<void> {
    if (onlyRecovers && id !== null) await this.rows.updateOne({ id }, { onlyRecovers: false });
  }

  /** Ends every other session of a user. This one goes on in the user's new epoch, and is returned. */
  async continueAlone(kept: LiveSession, next: NextSession): Promise<LiveSession> {
    const { id, userId } = kept;
    const goesOn = { ...kept, ...next };
    // The epoch has ended the application's other credentials, and this one has no row.
    if (id === null) return goesOn;
    await this.continue({ ...kept, id }, next);
    const others = 'DELETE FROM {table} WHERE {userId} = ? AND {authEpoch} < ? AND {id} <> ?';
    await this.rows.write(others, [userId, next.authEpoch, id]);
    return goesOn;
  }

  // Two requests of one session may both raise the epoch: the later one stays, whichever is written first.
  private async continue({ id, authEpoch }: { id: string; authEpoch: number }, next: NextSession): Promise<void> {
    let seen: { authEpoch: number } | undefined = { authEpoch };
    for (let tries = TRIES; tries > 0 && seen && seen.authEpoch < next.authEpoch; tries--) {
      if ((await this.rows.change({ id, authEpoch: seen.authEpoch }, next)) === 1) return;
      [seen] = await this.rows.findAmong('id', [id]);
    }
    // What was removed stays unproven.
    if (seen && next.factorProvenAt === null) await this.rows.updateOne({ id }, { factorProvenAt: null });
  }

  /** Removes the sessions from before an epoch. Sessions of later logins stay. */
  async removeBefore(userId: string, authEpoch: number): Promise<void> {
    await this.rows.write('DELETE FROM {table} WHERE {userId} = ? AND {authEpoch} < ?', [userId, authEpoch]);
  }

  /** Ends the sessions that a user has now. To end those of logins under way too, use `MultiFactorAuthService.endSessions`. */
  async endAll(userId: string): Promise<void> {
    await this.rows.delete({ userId });
  }

  /** Ends the session of a user who logs out. */
  async logOut(session: LiveSession, network?: string): Promise<void> {
    const { id, userId } = session;
    if (id !== null) await this.end(id);
    if (userId)
      await this.events.tell({ type: 'logged_out', userId, at: this.clock.now() }, originOf(session, network));
  }

  /** Ends one session, with its refresh tokens. */
  async end(id: string): Promise<void> {
    await this.rows.delete({ id });
  }

  // At most one write in a tenth of the idle time: a write for each request would be the module's busiest statement.
  private async keepAwake(session: MfaSession, now: Date): Promise<void> {
    const idleExpiresAt = prolonged(session, now, this.options);
    if (idleExpiresAt) await this.rows.updateOne({ id: session.id }, { idleExpiresAt });
  }
}

/** Returns how a user proved who they are, with one more proof (RFC 8176). */
export function joined(proven: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...proven, ...more])];
}
