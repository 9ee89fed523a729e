import { applyDecorators, RequestMethod, SetMetadata, type Type, UseGuards } from '@nestjs/common';
import { literal, pathOf } from './module-path.js';
import { ParsedBodyGuard } from './parsed-body.guard.js';

const TAKES_BODY = 'nestjs-mfa:takes-body';

/** A route of one of the module's controllers. */
export interface OwnRoute {
  method: RequestMethod;
  /** Without a prefix, and without a slash at either end. */
  path: string;
  takesBody: boolean;
}

/** The parts of a request that say which route it asks for. */
interface RoutedRequest {
  method: string;
  url: string;
}

/** Marks a route that reads a body. Every other route of the module ignores one, whatever it is. */
export function TakesBody(): MethodDecorator {
  return applyDecorators(SetMetadata(TAKES_BODY, true), UseGuards(ParsedBodyGuard));
}

/** Returns the routes of controllers, each once for both its spellings. */
export function routesOf(controllers: readonly Type[]): OwnRoute[] {
  return controllers.flatMap((controller) => {
    const base = Reflect.getMetadata('path', controller) as string;
    const prototype = controller.prototype as Record<string, Function>;
    const handlers = Object.getOwnPropertyNames(prototype).map((name) => prototype[name]!);
    return handlers.flatMap((handler) => {
      const [path] = (Reflect.getMetadata('path', handler) ?? []) as string[];
      if (handler === controller || path === undefined) return [];
      const method = Reflect.getMetadata('method', handler) as RequestMethod;
      const takesBody = Reflect.getMetadata(TAKES_BODY, handler) === true;
      return { method, path: [base, path].join('/').replace(/\/+$/, ''), takesBody };
    });
  });
}

/** Recognises the module's own routes among all that the application may have below the same path. */
export class OwnRoutes {
  private readonly all: RegExp;
  private readonly withBody: Map<string, RegExp>;

  constructor(routes: readonly OwnRoute[]) {
    this.all = patternOf(routes);
    const taking = routes.filter(({ takesBody }) => takesBody);
    this.withBody = new Map(
      [RequestMethod.POST, RequestMethod.PUT].map((method) => [
        RequestMethod[method],
        patternOf(taking.filter((route) => route.method === method)),
      ]),
    );
  }

  /** Says whether a request asks for one of the paths of these routes, under any prefix and by any method. */
  hold({ url }: RoutedRequest): boolean {
    return this.all.test(pathOf(url));
  }

  /** Says whether the route of a request reads its body. */
  takeBody({ method, url }: RoutedRequest): boolean {
    return this.withBody.get(method)?.test(pathOf(url)) ?? false;
  }
}

function patternOf(routes: readonly OwnRoute[]): RegExp {
  // Without a route, it must match nothing.
  return routes.length === 0 ? /(?!)/ : new RegExp(`/(?:${routes.map(({ path }) => literal(path)).join('|')})/*$`, 'i');
}
