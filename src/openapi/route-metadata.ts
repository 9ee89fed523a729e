import type { CanActivate, Type } from '@nestjs/common';
import type { HandledRoute } from '../http/own-routes.js';

/** Says whether a guard stands before a route. */
export function isGuardedBy({ controller, handler }: HandledRoute, guard: Type<CanActivate>): boolean {
  return [controller, handler].some((target) => metadataOf<unknown[]>('__guards__', target)?.includes(guard));
}

/** Returns what the application's own decorators say of a route: those of `@nestjs/swagger`, by their names. */
export function decorated<T>(name: string, { controller }: HandledRoute): T | undefined {
  return metadataOf<T>(`swagger/${name}`, controller);
}

/** Returns what a decorator has noted on a class or a method. */
export function metadataOf<T>(key: string, target: Function): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
