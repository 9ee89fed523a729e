import { applyDecorators, Controller, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';
import { Misconfiguration } from '../core/misconfiguration.js';
import { MfaExceptionFilter } from './mfa-exception.filter.js';

/** What an application puts on the module's routes, e.g. its own `@Public()` or `@ApiTags('mfa')`. */
export interface RouteDecorators {
  /** On the routes that anyone may call: the logins. */
  public?: (ClassDecorator & MethodDecorator)[];
  /** On the routes of a signed-in user, which the module guards itself. */
  signedIn?: (ClassDecorator & MethodDecorator)[];
}

/** Where the module's routes live and what the application puts on them. */
export interface ModuleRoutes {
  /** The first part of every path, without slashes around it. */
  path: string;
  decorators: RouteDecorators;
}

/**
 * A controller of the module. It answers in the contract's words and at the contract's path, whatever filter, versioning
 * or default version the application has.
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
 * A path with and without the slash at its end. Nest strips one slash of each path, and Fastify, unlike Express, takes
 * the two for different routes: the doubled slash leaves one.
 */
export function eitherSlash(path = ''): string[] {
  return [path || '/', `${path}//`];
}

/** Refuses a path that routes cannot have. @throws {Misconfiguration} */
export function checkPath(path: string): void {
  if (/^[\w-]+(\/[\w-]+)*$/.test(path)) return;
  throw new Misconfiguration("`path` must not start or end with a slash, e.g. path: 'mfa'.");
}
