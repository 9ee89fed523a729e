import type { MfaSession } from '../store/mfa-session.entity.js';

/** The result of a login, which a session is based on. */
export interface SignIn {
  userId: string | null;
  amr: string[];
  /** The user's epoch at the decision. */
  authEpoch: number;
  factorProven: boolean;
  /** True if the session may only enrol a factor or get new recovery codes: the user signed in with the last one. */
  onlyRecovers?: boolean;
  /** True if wrong proofs have locked the user since the last right one. */
  afterLock?: boolean;
}

/** What an OAuth2 client asked for. */
export interface ClientGrant {
  clientId: string;
  scope: string[];
  /** True if the client gets refresh tokens. */
  refreshable: boolean;
}

/** A new session and its tokens, which are stored nowhere. */
export interface IssuedSession {
  session: MfaSession;
  token: string;
  refreshToken?: string;
}
