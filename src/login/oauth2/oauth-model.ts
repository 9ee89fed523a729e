import { Injectable } from '@nestjs/common';
import type OAuth2Server from '@node-oauth/oauth2-server';
import { isActive, UserDirectory } from '../../users/user-directory.js';
import { ClientTokens } from '../../session/client-tokens.js';
import { isAlive } from '../../session/live-session.js';
import { Sessions } from '../../session/sessions.js';
import type { ClientGrant, IssuedSession } from '../../session/sign-in.js';
import type { MfaOAuthClient } from '../../store/mfa-oauth-client.entity.js';
import type { MfaSession } from '../../store/mfa-session.entity.js';
import { MultiFactorAuthStore } from '../../store/multi-factor-auth.store.js';
import type { LoginAttempt } from '../first-half.js';
import { OpenSession, type SignInOutcome } from '../open-session.js';
import type { SecondFactor } from '../given-proofs.js';
import { MFA_GRANTS } from './mfa-grant-types.js';
import { OAuthRefusal } from './oauth-refusal.js';

/** Who a token is for: a login, whose session is open already, a session to refresh, or the client itself. */
export type TokenSubject =
  | { kind: 'login'; issued: IssuedSession; recoveryCodesRemaining?: number }
  | { kind: 'refresh'; session: MfaSession }
  | { kind: 'client' };

/** The OAuth2 library's model, with the module's clients and sessions. Deux: the tokens of `MFAOAuth2Validator`. */
@Injectable()
export class OAuthModel {
  /** The network of the client who asks, in the model of a request. */
  private readonly network?: string;

  constructor(
    private readonly sessions: Sessions,
    private readonly tokens: ClientTokens,
    private readonly openSession: OpenSession,
    private readonly users: UserDirectory,
    private readonly store: MultiFactorAuthStore,
  ) {}

  /** Returns the model for a request of this client, which `ClientAuthentication` has let through, from this network. */
  of(client: MfaOAuthClient, network: string): OAuthModel & Pick<OAuth2Server.PasswordModel, 'getClient'> {
    const isForUsers = client.grants.includes('password');
    const grants = isForUsers ? [...client.grants, 'refresh_token', ...Object.keys(MFA_GRANTS)] : client.grants;
    const getClient = () => Promise.resolve({ ...client, grants });
    return Object.assign(Object.create(this) as OAuthModel, { getClient, network });
  }

  /** Decides over a login, and opens its session for the client. */
  signIn(attempt: LoginAttempt, second: SecondFactor, grant: ClientGrant): Promise<SignInOutcome> {
    return this.openSession.signIn(attempt, second, grant);
  }

  /** Returns the requested scopes, if the client has them all, or all scopes of the client. */
  validateScope(_: unknown, client: OAuth2Server.Client, scope?: string[]): Promise<string[] | false> {
    const { scopes } = client as unknown as MfaOAuthClient;
    return Promise.resolve((scope ?? scopes).every((one) => scopes.includes(one)) && (scope ?? scopes));
  }

  getUserFromClient(): Promise<TokenSubject> {
    return Promise.resolve({ kind: 'client' });
  }

  async getRefreshToken(refreshToken: string): Promise<OAuth2Server.RefreshToken | false> {
    const session = await this.tokens.find(refreshToken, this.network);
    if (!session?.userId || !(await this.isStillSignedIn(session))) return false;
    const client = { id: session.clientId!, grants: [] };
    return { refreshToken, client, user: { kind: 'refresh', session }, scope: session.grantedScope };
  }

  // The library calls this before it checks the scope. `saveToken` spends the token in the statement that writes the new one, so a
  // refused request leaves the token as it was.
  revokeToken(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async saveToken(
    token: OAuth2Server.Token,
    client: OAuth2Server.Client,
    user: OAuth2Server.User,
  ): Promise<OAuth2Server.Token> {
    const issued = await this.issue(user as TokenSubject, client, token.scope ?? []);
    if (!issued) throw new OAuthRefusal('invalid_grant', 'Invalid grant: refresh token is invalid');
    const { session, token: accessToken, refreshToken } = issued;
    return {
      accessToken,
      accessTokenExpiresAt: session.tokenExpiresAt,
      refreshToken,
      scope: session.scope,
      client,
      user,
    };
  }

  private async issue(
    subject: TokenSubject,
    client: OAuth2Server.Client,
    scope: string[],
  ): Promise<IssuedSession | null> {
    if (subject.kind === 'refresh') return this.tokens.replace(subject.session, scope, this.network);
    if (subject.kind === 'login') return subject.issued;
    const nobody = { userId: null, amr: [], authEpoch: 0, factorProven: false };
    return this.openSession.for(nobody, { clientId: client.id, scope, refreshable: false });
  }

  // A refresh must not revive sessions that were ended. One that meets its user inactive is over for good.
  private async isStillSignedIn(session: MfaSession): Promise<boolean> {
    const user = await this.users.findById(session.userId!);
    const row = await this.store.find(session.userId!);
    if (user && isActive(user)) return isAlive(session, row);
    await this.sessions.end(session.id);
    return false;
  }
}
