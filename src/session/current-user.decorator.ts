import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { requestOf } from '../http/http-context.js';
import { signedIn, type SignedInRequest } from './signed-in-request.js';

const signedInOf = (context: ExecutionContext) => signedIn(requestOf<SignedInRequest>(context));

/**
 * Your own user object, as your directory's `findById` gave it, on a route behind the `SessionGuard` or `@RequireMfa()`. Without
 * one of them before it: 401.
 */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) => signedInOf(context).user);

/** The session of the request: how and when its user proved who they are. */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext) => signedInOf(context).session,
);
