import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { SignedInRequest } from './signed-in-request.js';

/** Your own user object, as your directory's `findById` gave it, on a route behind the `SessionGuard` or `@RequireMfa()`. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<SignedInRequest>().user,
);

/** The session of the request: how and when its user proved who they are. */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<SignedInRequest>().mfaSession,
);
