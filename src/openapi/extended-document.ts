import type { HandledRoute } from '../http/own-routes.js';
import { withFreeNames } from './component.js';
import { componentSchemas, describedRoutes } from './described-routes.js';
import type { OpenApiDocument } from './document.js';
import type { Facts } from './facts.js';
import { pathsOf, placeOf, withoutThem } from './placed-routes.js';
import { decorated } from './route-metadata.js';
import { securitySchemes } from './security.js';

/** The routes to describe, and where they are served. */
export interface Described {
  routes: readonly HandledRoute[];
  facts: Facts;
  servedPath: (route: HandledRoute) => string;
}

/** Returns a document that describes each of these routes once. Everything else in it stays as it is. */
export function extendedDocument<Document extends OpenApiDocument>(
  document: Document,
  { routes, facts, servedPath }: Described,
): Document {
  const { paths, components } = document;
  const visible = routes.filter((route) => !decorated<boolean[]>('apiExcludeController', route)?.[0]);
  const placed = describedRoutes(visible, facts).map((one) => ({
    ...one,
    path: placeOf(paths, one, servedPath(one.route)),
  }));
  const named = { schemas: componentSchemas(facts), own: pathsOf(placed) };
  const { schemas, own } = withFreeNames(named, components?.schemas);
  const rest = withoutThem(paths, placed);
  const merged = Object.entries(own).map(([path, methods]) => [path, { ...rest[path], ...methods }] as const);
  return {
    ...document,
    paths: { ...rest, ...Object.fromEntries(merged) },
    components: {
      ...components,
      schemas: { ...components?.schemas, ...schemas },
      securitySchemes: { ...securitySchemes(placed, facts), ...components?.securitySchemes },
    },
  };
}
