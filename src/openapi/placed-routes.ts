import type { DescribedRoute } from './described-routes.js';
import type { Operation } from './document.js';

/** The paths of a document, each with its methods. */
export type Paths = Record<string, object>;

/** A description, and the path at which the document has it. */
export interface PlacedRoute extends DescribedRoute {
  /** With the slash at its end, e.g. `/mfa/factors/{id}/`. */
  path: string;
}

/**
 * Returns the path that a document has for a route. It is the path at which the route is served. If the document was
 * made with `ignoreGlobalPrefix`, the prefix is missing.
 */
export function placeOf(paths: Paths, { route, method }: DescribedRoute, served: string): string {
  const [usual, bare] = [inBraces(served), inBraces(`/${route.path}/`)];
  const has = (path: string) => spellingsOf(path).every((one) => paths[one] !== undefined && method in paths[one]);
  return has(bare) && !has(usual) ? bare : usual;
}

/** Returns the paths without these routes. Another generator lists each twice, with and without the last slash. */
export function withoutThem(paths: Paths, placed: readonly PlacedRoute[]): Paths {
  const known = new Set(placed.flatMap(({ path, method }) => spellingsOf(path).map((one) => `${method} ${one}`)));
  const entries = Object.entries(paths).map(([path, item]) => {
    const rest = Object.entries(item).filter(([method]) => !known.has(`${method} ${path}`));
    return [path, rest.length === Object.keys(item).length ? item : Object.fromEntries(rest), rest.length] as const;
  });
  return Object.fromEntries(entries.filter(([, , length]) => length > 0).map(([path, item]) => [path, item]));
}

/** Returns the paths of these routes. */
export function pathsOf(placed: readonly PlacedRoute[]): Record<string, Record<string, Operation>> {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { path, method, operation } of placed) paths[path] = { ...paths[path], [method]: operation };
  return paths;
}

function spellingsOf(path: string): string[] {
  return [path, path.replace(/\/$/, '')];
}

function inBraces(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}
