import type { CanActivate } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { requestOf } from '../http/http-context.js';
import type { LiveSession } from '../session/live-session.js';
import { noteSignedIn } from '../session/signed-in-request.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import type { DirectoryUser } from '../users/user-directory.js';

/**
 * Makes a guard that treats every request as this user's. By default, the session has a fresh second factor. Use it in
 * place of the `RequireMfaGuard` or the `SessionGuard` in a unit test of your controller. `@CurrentUser()` and
 * `@CurrentSession()` work.
 * @example
 * ```ts
 * const testing = Test.createTestingModule({ controllers: [PayoutController] })
 *   .overrideGuard(RequireMfaGuard)
 *   .useValue(signedInAs({ id: 7, username: 'ada' }));
 * ```
 */
export function signedInAs<User extends Pick<DirectoryUser, 'id'>>(
  user: User,
  session: Partial<MfaSession> = {},
): CanActivate {
  const now = new Clock().now();
  const whole: LiveSession = {
    id: 'test',
    userId: String(user.id),
    clientId: null,
    scope: [],
    amr: ['pwd', 'otp', 'mfa'],
    signedInAt: now,
    factorProvenAt: now,
    onlyRecovers: false,
    authEpoch: 0,
    ...session,
  };
  return {
    canActivate: (context) => {
      noteSignedIn(requestOf<object>(context), { user: user as User & DirectoryUser, session: whole, row: null });
      return true;
    },
  };
}
