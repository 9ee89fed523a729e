import type { ExecutionContext } from '@nestjs/common';
import type { DirectoryUser } from '../users/user-directory.js';
import type { LiveSession } from './live-session.js';
import { claimsOf, type MfaClaims } from './mfa-claims.js';
import type { OwnCredential, OwnSignIn } from './own-credential.js';
import type { ProofNames } from './proof-names.js';
import type { SeenRow } from '../store/multi-factor-auth.store.js';

/** A request and its answer. */
export interface Exchange {
  request: object;
  response: unknown;
}

/** The application's own credentials, if it signs users in itself. */
export class OwnCredentials {
  constructor(
    private readonly names: ProofNames,
    private readonly own?: OwnCredential,
  ) {}

  /** Whether they are taken in place of the module's tokens. */
  get areUsed(): boolean {
    return this.own !== undefined;
  }

  /** Returns who is signed in, or null. @throws {TypeError} if the application answers anything else */
  async read(
    request: object,
    context: ExecutionContext,
  ): Promise<{ userId: string; claims: Partial<MfaClaims> } | null> {
    const found: unknown = await this.own?.read(request, context);
    if (found === null || found === undefined) return null;
    const { userId, claims = {} } = found as Partial<OwnSignIn>;
    const isId = typeof userId === 'string' ? userId !== '' : Number.isFinite(userId);
    if (isId && typeof claims === 'object' && claims !== null) return { userId: String(userId), claims };
    throw new TypeError('`read` of `signedIn` must return { userId, claims }, or null if nobody is signed in.');
  }

  /** Says whether a sign-in may only recover: without a factor it was by a recovery code, if MFA is on, and that was the last one. */
  onlyRecovers(amr: readonly string[], row: SeenRow): boolean {
    if (!row?.enabled || this.names.haveFactor(amr)) return false;
    return row.factors.some(({ remaining }) => remaining === 0);
  }

  /** Returns what the answer adds for a session that goes on: a new credential, if the application gives it in the body. */
  renewed(user: DirectoryUser, goesOn: LiveSession, exchange: Exchange): Promise<{ credential?: unknown }> {
    return this.issued(user, claimsOf(goesOn), exchange);
  }

  /** Returns what the answer adds for a user who has these claims now. */
  async issued(
    user: DirectoryUser,
    claims: MfaClaims,
    { request, response }: Exchange,
  ): Promise<{ credential?: unknown }> {
    const credential = await this.own?.issue(user, claims, request, response as object);
    return credential === undefined ? {} : { credential };
  }
}
