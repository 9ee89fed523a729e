import { Inject, type Type } from '@nestjs/common';
import { type DirectoryUser, idOf } from '../users/user-directory.js';
import type { MfaClaims } from './mfa-claims.js';
import { OwnCredential, type OwnSignIn } from './own-credential.js';
import { inHeader, type TokenRequest } from './token-source.js';
import { unauthenticated } from './unauthenticated.js';

/** What signs and verifies your JWTs: `JwtService` of `@nestjs/jwt`. */
export interface JwtSigner {
  /** Returns a signed JWT with this payload. */
  signAsync(payload: object): Promise<string>;
  /** Returns the payload of a JWT. It throws for one that is not valid. */
  verifyAsync(token: string): Promise<object>;
}

/** What `verifyAsync` throws for a JWT that is not valid. Anything else is a failure, e.g. of a key service. */
const INVALID = ['JsonWebTokenError', 'TokenExpiredError', 'NotBeforeError'];

/**
 * Returns a class for `signedIn` that takes your JWTs from `Authorization: Bearer …`, and issues them as `{ access_token }`. Its `sub` is the
 * user's id. Any JWT that this service verifies signs its `sub` in, so sign no other kinds with the same key.
 * @param payload what your JWT has besides the claims
 * @example
 * ```ts
 * const signedIn = jwtCredential(JwtService, ({ id, username }: User) => ({ sub: id, username }));
 * ```
 */
export function jwtCredential<User extends DirectoryUser = DirectoryUser>(
  Jwt: Type<JwtSigner>,
  payload: (user: User) => object = () => ({}),
): Type<OwnCredential> {
  class JwtCredential extends OwnCredential {
    @Inject(Jwt) private readonly jwt!: JwtSigner;

    async read({ headers }: TokenRequest): Promise<OwnSignIn | null> {
      const token = inHeader(headers.authorization);
      if (token === undefined) return null;
      const claims: Partial<MfaClaims> & { sub?: string | number } = await this.jwt.verifyAsync(token).catch(refuse);
      if (claims.sub === undefined) throw unauthenticated('invalid_token');
      return { userId: claims.sub, claims };
    }

    async issue(user: User, claims: MfaClaims): Promise<{ access_token: string }> {
      return { access_token: await this.jwt.signAsync({ sub: idOf(user), ...payload(user), ...claims }) };
    }
  }
  return JwtCredential;
}

function refuse(error: unknown): never {
  throw INVALID.includes((error as Error).name) ? unauthenticated('invalid_token') : error;
}
