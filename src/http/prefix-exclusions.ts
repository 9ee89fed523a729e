import { RequestMethod, type Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { literal } from './module-path.js';
import { type OwnRoute, routesOf } from './own-routes.js';

/** An excluded route as Nest keeps it. */
interface Exclusion {
  path: string;
  requestMethod: RequestMethod;
  pathRegex: RegExp;
}

/**
 * Makes `setGlobalPrefix(…, { exclude })` move both spellings of a route. Nest compares each with the pattern, which takes a slash at
 * the end or not, as it is written.
 */
export function excludeBothSpellings(controllers: readonly Type[], config: ApplicationConfig): void {
  const excluded = exclusionsOf(config);
  const moved = routesOf(controllers).filter((route) => excluded.some((one) => excludes(one, route)));
  for (const { path, method } of moved) {
    excluded.push({ path, requestMethod: method, pathRegex: new RegExp(`^/${literal(path)}/*$`, 'i') });
  }
}

/** Says whether a route stays without the global prefix. */
export function isExcluded(route: Pick<OwnRoute, 'method' | 'path'>, config: ApplicationConfig): boolean {
  return exclusionsOf(config).some((one) => excludes(one, route));
}

function exclusionsOf(config: ApplicationConfig): Exclusion[] {
  return config.getGlobalPrefixOptions().exclude ?? [];
}

function excludes(
  { requestMethod, pathRegex }: Exclusion,
  { method, path }: Pick<OwnRoute, 'method' | 'path'>,
): boolean {
  // Nest writes -1 for every method too.
  const isOfMethod = [RequestMethod.ALL, -1, method].includes(requestMethod);
  return isOfMethod && [`/${path}`, `/${path}/`, `/${path}//`].some((spelling) => pathRegex.test(spelling));
}
