import type { NestCore } from '../core/nest-core.js';
import type { HandledRoute } from './own-routes.js';
import { isExcluded } from './prefix-exclusions.js';

/** Where `RouterModule` notes the path of a module. */
const MODULE_PATH = '__module_path__';

/**
 * Returns the path at which a route is served, under the application's prefix and `RouterModule`, with the slash at its end. Versions are
 * in no path: the routes are `VERSION_NEUTRAL`.
 */
export function servedPath(
  { controller, method, path }: HandledRoute,
  { all, config }: Pick<NestCore, 'all' | 'config'>,
): string {
  const module = [...all.values()].find(({ controllers }) => controllers.has(controller));
  const modulePath = module && (pathMetadata(module.metatype, all.applicationId) ?? pathMetadata(module.metatype, ''));
  const inModule = joined(modulePath, path);
  const isMoved = isExcluded({ method, path: inModule }, config);
  return `/${isMoved ? inModule : joined(config.getGlobalPrefix(), inModule)}/`;
}

function pathMetadata(metatype: Function, application: string): string | undefined {
  return Reflect.getMetadata(MODULE_PATH + application, metatype) as string | undefined;
}

function joined(...parts: (string | undefined)[]): string {
  return parts
    .map((part = '') => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
}
