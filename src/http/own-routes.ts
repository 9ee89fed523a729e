import { applyDecorators, type CanActivate, RequestMethod, SetMetadata, type Type, UseGuards } from '@nestjs/common';
import { type AnnouncedRequest, isReadableType } from './announced-body.js';
import { literal, pathOf } from './module-path.js';
import { ParsedBodyGuard } from './parsed-body.guard.js';

/** The DI token of the module's own controllers. */
export const CONTROLLERS = Symbol('MFA_CONTROLLERS');

const BODY = 'nestjs-mfa:body';

/** What a route does with a body: it reads its fields, only requires that it parses, or ignores it. */
type BodyUse = 'taken' | 'parsed' | 'ignored';

const BODY_METHODS = [RequestMethod.POST, RequestMethod.PUT, RequestMethod.PATCH, RequestMethod.DELETE];

/** A route of one of the module's controllers. */
export interface OwnRoute {
  method: RequestMethod;
  /** Without a prefix, and without a slash at either end. */
  path: string;
  body: BodyUse;
}

/** A route, and what has its metadata. */
export interface HandledRoute extends OwnRoute {
  controller: Type;
  handler: Function;
}

/** The parts of a request that say which route it asks for. */
interface RoutedRequest {
  method: string;
  url: string;
}

/** Marks a route that reads a body. Unmarked routes ignore it. */
export function TakesBody(): MethodDecorator {
  return applyDecorators(SetMetadata(BODY, 'taken'), UseGuards(ParsedBodyGuard));
}

/** Marks a route that refuses JSON or a form which does not parse, as Deux does, and ignores every other body. */
export function ParsesBody(): MethodDecorator {
  return SetMetadata(BODY, 'parsed');
}

/** Returns the routes of controllers, each once for both its spellings. */
export function routesOf(controllers: readonly Type[]): HandledRoute[] {
  return controllers.flatMap((controller) => {
    const base = Reflect.getMetadata('path', controller) as string;
    const prototype = controller.prototype as Record<string, Function>;
    const handlers = Object.getOwnPropertyNames(prototype).map((name) => prototype[name]!);
    return handlers.flatMap((handler) => {
      const [path] = (Reflect.getMetadata('path', handler) ?? []) as string[];
      if (handler === controller || path === undefined) return [];
      const method = Reflect.getMetadata('method', handler) as RequestMethod;
      const body = (Reflect.getMetadata(BODY, handler) as BodyUse | undefined) ?? 'ignored';
      return { method, path: [base, path].join('/').replace(/\/+$/, ''), body, controller, handler };
    });
  });
}

/** Says whether a route has a guard. */
export function isGuardedBy({ controller, handler }: HandledRoute, guard: Type<CanActivate>): boolean {
  return [controller, handler].some((target) =>
    (Reflect.getMetadata('__guards__', target) as unknown[] | undefined)?.includes(guard),
  );
}

/** Tells the module's routes from the application's routes below the same path. */
export class OwnRoutes {
  private readonly all: RegExp;
  private readonly taking: Map<string, RegExp>;
  private readonly parsing: Map<string, RegExp>;

  constructor(routes: readonly OwnRoute[]) {
    this.all = patternOf(routes);
    this.taking = patternsOf(routes.filter(({ body }) => body === 'taken'));
    this.parsing = patternsOf(routes.filter(({ body }) => body === 'parsed'));
  }

  /** Says whether a request asks for one of the paths of these routes, under any prefix and by any method. */
  hold({ url }: RoutedRequest): boolean {
    return this.all.test(pathOf(url));
  }

  /** Says whether the route of a request needs its body. */
  takeBody({ method, url }: RoutedRequest): boolean {
    return this.taking.get(method)?.test(pathOf(url)) ?? false;
  }

  /** Says whether the body of a request must parse. */
  parseBody(request: RoutedRequest & AnnouncedRequest): boolean {
    const isParsed = this.parsing.get(request.method)?.test(pathOf(request.url)) ?? false;
    return this.takeBody(request) || (isParsed && isReadableType(request.headers));
  }
}

function patternsOf(routes: readonly OwnRoute[]): Map<string, RegExp> {
  return new Map(
    BODY_METHODS.map((method) => [RequestMethod[method], patternOf(routes.filter((route) => route.method === method))]),
  );
}

function patternOf(routes: readonly OwnRoute[]): RegExp {
  // Without a route, it must match nothing.
  return routes.length === 0
    ? /(?!)/
    : new RegExp(`/(?:${routes.map(({ path }) => templateOf(path)).join('|')})/*$`, 'i');
}

// `:id` stands for anything but a slash.
function templateOf(path: string): string {
  return path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : literal(part)))
    .join('/');
}
