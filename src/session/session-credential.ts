import type { Type } from '@nestjs/common';
import { promisify } from 'node:util';
import type { DirectoryUser } from '../users/user-directory.js';
import type { MfaClaims } from './mfa-claims.js';
import { OwnCredential, type OwnSignIn } from './own-credential.js';

/** The session of a request, as `express-session` makes it. */
interface WebSession {
  regenerate(done: (error?: unknown) => void): unknown;
  mfaClaims?: MfaClaims;
}

type SessionRequest = { session: WebSession & Record<string, unknown> };

/**
 * Returns a class for `signedIn` that takes the sessions of `express-session`. Your login sets `request.session.mfaClaims` beside the user's
 * id. A change of the factors begins a new session, so an id that somebody has planted in the browser before is worth nothing.
 * @param userId the name under which your session has the user's id
 * @example
 * ```ts
 * const signedIn = sessionCredential('userId');
 * ```
 */
export function sessionCredential(userId = 'userId'): Type<OwnCredential> {
  class SessionCredential extends OwnCredential {
    read({ session }: SessionRequest): OwnSignIn | null {
      const id = session[userId] as OwnSignIn['userId'] | undefined;
      return id === undefined || id === null ? null : { userId: id, claims: session.mfaClaims };
    }

    async issue({ id }: DirectoryUser, mfaClaims: MfaClaims, request: SessionRequest): Promise<void> {
      await promisify(request.session.regenerate.bind(request.session))();
      // `regenerate` has put another one in its place.
      Object.assign(request.session, { [userId]: id, mfaClaims });
    }
  }
  return SessionCredential;
}
