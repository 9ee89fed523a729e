import type { HandledRoute } from '../http/own-routes.js';

/** Returns what a decorator of `@nestjs/swagger`, by its name, has set on the controller of a route. */
export function decorated<T>(name: string, { controller }: HandledRoute): T | undefined {
  return metadataOf<T>(`swagger/${name}`, controller);
}

/** Returns the metadata that a decorator has set on a class or a method. */
export function metadataOf<T>(key: string, target: Function): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
