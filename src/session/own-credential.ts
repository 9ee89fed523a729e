import type { ExecutionContext, Type } from '@nestjs/common';
import { checkClass } from '../core/option-kinds.js';
import type { DirectoryUser } from '../users/user-directory.js';
import type { MfaClaims } from './mfa-claims.js';

/** Who sent a request, and the claims that your credential carries. */
export interface OwnSignIn {
  userId: string | number;
  /** As `MfaLogin` or `issue` gave them. A credential from before may have none: it has proven nothing of MFA. */
  claims?: Partial<MfaClaims>;
}

/**
 * The port to your own JWT or session. Extend it and name that class as `signedIn`: the module's routes and `@RequireMfa()` then take
 * your credential in place of the module's tokens.
 * @example
 * ```ts
 * export class WebSession extends OwnCredential {
 *   read({ session }: { session: { userId?: number; claims?: MfaClaims } }) {
 *     return session.userId ? { userId: session.userId, claims: session.claims } : null;
 *   }
 *
 *   issue(user: DirectoryUser, claims: MfaClaims, { session }: { session: { userId?: number; claims?: MfaClaims } }) {
 *     Object.assign(session, { userId: user.id, claims });
 *   }
 * }
 * ```
 */
export abstract class OwnCredential {
  /**
   * Returns who is signed in by this request, or null: the answer is then 401. Check the signature or the session here. To have a guard
   * check it, call its `canActivate(context)` first.
   */
  abstract read(request: object, context: ExecutionContext): OwnSignIn | null | Promise<OwnSignIn | null>;

  /**
   * Gives the user a credential with these claims, after `POST /mfa/login/verify/`, enrolment, step-up and every change of factors. It
   * replaces the one that was sent, which may be refused from now on. Set a cookie, or return what the client gets as `credential`.
   */
  abstract issue(user: DirectoryUser, claims: MfaClaims, request: object, response: object): unknown;
}

/** Refuses a class that cannot be `signedIn`. @throws {Misconfiguration} */
export function checkOwnCredential(signedIn: Type<OwnCredential> | undefined): void {
  if (signedIn !== undefined) checkClass('signedIn', signedIn, OwnCredential);
}
