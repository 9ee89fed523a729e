import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { requestOf } from '../http/http-context.js';
import { type SignedIn, signedIn, type SignedInRequest } from './signed-in-request.js';

/**
 * Your own user object, as your directory's `findById` gave it, on a route behind the `SessionGuard` or `@RequireMfa()`. Without
 * one of them before it: 401.
 */
export function CurrentUser(): ParameterDecorator {
  return handedOver(({ user }) => user);
}

/** The session of the request: how and when its user proved who they are. */
export function CurrentSession(): ParameterDecorator {
  return handedOver(({ session }) => session);
}

/**
 * Injects something that no pipe of the application sees: a strict one would take it for input, and strip or refuse it. Pipes of
 * the application come first, and are shown a function in its place; the last one is ours and calls it.
 */
function handedOver(find: (signedIn: SignedIn) => unknown): ParameterDecorator {
  const decorate = createParamDecorator((_: unknown, context: ExecutionContext) => {
    const value = find(signedIn(requestOf<SignedInRequest>(context)));
    return () => value;
  });
  return (target, method, index) => {
    decorate(HAND_OVER)(target, method, index);
    hideType(target, method!, index);
  };
}

const HAND_OVER: PipeTransform = {
  transform: (value: unknown): unknown => {
    if (typeof value === 'function') return (value as () => unknown)();
    throw new TypeError('A pipe of the application has changed what @CurrentUser() or @CurrentSession() injects.');
  },
};

// The class that the application declares for it, which may have rules for the application's own bodies.
function hideType(target: object, method: string | symbol, index: number): void {
  const types = Reflect.getMetadata('design:paramtypes', target, method) as unknown[] | undefined;
  if (types) Reflect.defineMetadata('design:paramtypes', types.with(index, Object), target, method);
}
