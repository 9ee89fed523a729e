import type { MfaSession } from '../store/mfa-session.entity.js';

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
