import { applyDecorators, Controller, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';
import { Misconfiguration } from '../core/misconfiguration.js';
import { checkKind } from '../core/option-kinds.js';
import { definedOnly, refuseUnknownNames } from '../core/options.js';
import { MfaExceptionFilter } from './mfa-exception.filter.js';

/** What an application puts on the module's routes, e.g. its own `@Public()` or `@ApiTags('mfa')`. */
export interface RouteDecorators {
  /** On the logins, which anyone may call. */
  public?: (ClassDecorator & MethodDecorator)[];
  /** On the routes of a signed-in user, which the module guards itself. */
  signedIn?: (ClassDecorator & MethodDecorator)[];
}

/** The path of the module's routes, and the application's decorators. */
export interface ModuleRoutes {
  /** The first part of every path, without a slash at either end. */
  path: string;
  decorators: RouteDecorators;
}

/**
 * A controller of the module. It answers as the contract says, at the contract's path. The application's filters and
 * versions do not matter.
 */
export function ModuleController(
  { path, decorators }: ModuleRoutes,
  sub: string,
  access: keyof RouteDecorators,
): ClassDecorator {
  return applyDecorators(
    Controller({ path: [path, sub].filter(Boolean).join('/'), version: VERSION_NEUTRAL }),
    UseFilters(MfaExceptionFilter),
    ...(decorators[access] ?? []),
  );
}

/**
 * Returns a path with and without the trailing slash. Fastify, unlike Express, has two routes for them. Nest strips one slash
 * of each path, so the second one has two.
 */
export function eitherSlash(path = ''): string[] {
  return [path || '/', `${path}//`];
}

/** Refuses a path that no route can have. @throws {Misconfiguration} */
export function checkPath(path: string): void {
  if (typeof path !== 'string') checkKind('path', path, 'a text', "'mfa'");
  if (/^[\w-]+(\/[\w-]+)*$/.test(path)) return;
  throw new Misconfiguration("`path` must not start or end with a slash, e.g. path: 'mfa'.");
}

/** Refuses decorators that would stand on no route. @throws {Misconfiguration} */
export function checkRouteDecorators(decorators: RouteDecorators): void {
  refuseUnknownNames('routeDecorators', decorators, ['public', 'signedIn']);
  for (const [access, listed] of Object.entries(definedOnly(decorators))) {
    const name = `routeDecorators.${access}`;
    checkKind(name, listed, 'a list', '[Public()]');
    listed.forEach((one, index) => checkKind(`${name}[${index}]`, one, 'a function', '[Public()]'));
  }
}
