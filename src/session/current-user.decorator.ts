import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { requestOf } from '../http/http-context.js';
import { type SignedIn, signedIn, type SignedInRequest } from './signed-in-request.js';

/**
 * Injects your own user object, from your directory's `findById`, on a route behind the `SessionGuard` or `@RequireMfa()`. It
 * answers 401 if neither guard ran, and takes no pipes.
 * @example
 * ```ts
 * export class MeController {
 *   me(@CurrentUser() { username }: User) {
 *     return { username };
 *   }
 * }
 * ```
 */
export function CurrentUser(...misused: never[]): ParameterDecorator {
  refuseWithoutParentheses('CurrentUser', misused);
  return injectedPastPipes('CurrentUser', ({ user }) => user);
}

/**
 * Injects the request's session: how and when its user proved who they are.
 * @example
 * ```ts
 * export class MeController {
 *   me(@CurrentSession() { amr, signedInAt }: MfaSession) {
 *     return { amr, signedInAt };
 *   }
 * }
 * ```
 */
export function CurrentSession(...misused: never[]): ParameterDecorator {
  refuseWithoutParentheses('CurrentSession', misused);
  return injectedPastPipes('CurrentSession', ({ session }) => session);
}

/**
 * Hides the value from the application's pipes, which would validate or strip it as input: they see a function, and our pipe,
 * which runs last, calls it.
 */
function injectedPastPipes(name: string, select: (signedIn: SignedIn) => unknown): ParameterDecorator {
  const decorate = createParamDecorator((_: unknown, context: ExecutionContext) => {
    const value = select(signedIn(requestOf<SignedInRequest>(context)));
    return () => value;
  });
  return (target, method, index) => {
    if (method === undefined || typeof index !== 'number') throw misplaced(name);
    decorate(UNWRAP)(target, method, index);
    hideType(target, method, index);
  };
}

// A compiler that does not check types takes `@CurrentUser user`, which would inject nothing at all.
function refuseWithoutParentheses(name: string, given: readonly unknown[]): void {
  if (given.length > 0) throw misplaced(name);
}

function misplaced(name: string): TypeError {
  return new TypeError(`@${name}() belongs to a parameter of a method, with parentheses: find(@${name}() …).`);
}

const UNWRAP: PipeTransform = {
  transform: (value: unknown): unknown => {
    if (typeof value === 'function') return (value as () => unknown)();
    throw new TypeError('A pipe of the application has changed what @CurrentUser() or @CurrentSession() injects.');
  },
};

// Replaces the declared class by Object, so that a ValidationPipe does not apply the rules of that class.
function hideType(target: object, method: string | symbol, index: number): void {
  const types = Reflect.getMetadata('design:paramtypes', target, method) as unknown[] | undefined;
  if (types) Reflect.defineMetadata('design:paramtypes', types.with(index, Object), target, method);
}
