import { Inject, Injectable, type OnModuleInit, RequestMethod, type Type } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { NestCore } from '../core/nest-core.js';
import { Answer } from './answer.js';
import { answerOutside, ErrorFormat, type RefusedRequest } from './error-format.js';
import { ModulePath } from './module-path.js';
import { CONTROLLERS, type HandledRoute, isGuardedBy, routesOf } from './own-routes.js';
import { SafeFetchGuard } from './safe-fetch.guard.js';
import { servedPath } from './served-path.js';
import type { Server } from './server.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

type Method = (typeof METHODS)[number] | 'OPTIONS';
type Handler = (request: RefusedRequest, response: unknown) => void;

/**
 * Answers, at the paths of the module's routes, the methods that those do not take: 405 with `Allow` (RFC 9110 §15.5.6). The server would
 * say 404, in the application's words. `OPTIONS` gets the same `Allow`. These are routes of the server, not of Nest: Nest would need one
 * for each method, more than three times as many as the module's own, and prepare and log each of them at every start.
 */
@Injectable()
export class OtherMethods implements OnModuleInit {
  constructor(
    private readonly core: NestCore,
    private readonly answer: Answer,
    private readonly format: ErrorFormat,
    private readonly path: ModulePath,
    @Inject(CONTROLLERS) private readonly controllers: readonly Type[],
  ) {}

  /** Adds the routes. Nest has added its own by now, so servers look at these last. */
  onModuleInit(): void {
    // Without HTTP, e.g. in a command of the application, there is no server.
    if (!this.core.host.httpAdapter?.getInstance<unknown>()) return;
    const paths = new Map<string, HandledRoute[]>();
    for (const route of routesOf(this.controllers)) {
      const path = servedPath(route, this.core);
      paths.set(path, [...(paths.get(path) ?? []), route]);
    }
    paths.forEach((routes, path) => this.answerOthers(path, routes));
  }

  private answerOthers(path: string, routes: readonly HandledRoute[]): void {
    const Allow = allowed(routes);
    const methods = [...METHODS.filter((one) => !takes(routes, one)), 'OPTIONS' as const];
    const handler: Handler = (request, response) =>
      request.method === 'OPTIONS'
        ? this.answer.send(response, undefined, 204, { Allow })
        : this.refuse(request, response, Allow);
    // Fastify, unlike Express, has two routes for the two spellings.
    for (const url of [path.slice(0, -1), path]) this.add(url, methods, handler);
  }

  private add(url: string, method: Method[], handler: Handler): void {
    const { httpAdapter } = this.core.host;
    const server = httpAdapter.getInstance<Server>();
    // One route for all of them costs Fastify less than one for each.
    if (server.addHook) return server.route?.({ method, url, handler });
    for (const one of method) httpAdapter[one.toLowerCase() as Lowercase<Method>](url, handler);
  }

  private refuse(request: RefusedRequest, response: unknown, allow: string): void {
    const error = new MfaError('method_not_allowed', { allow });
    const { status, headers, body } = answerOutside(this.path, this.format, error, request);
    this.answer.send(response, body, status, headers);
  }
}

function allowed(routes: readonly HandledRoute[]): string {
  const get = routes.find(({ method }) => method === RequestMethod.GET);
  const head = get && !isGuardedBy(get, SafeFetchGuard) ? ['HEAD'] : [];
  return [...METHODS.filter((one) => takes(routes, one)), ...head].join(', ');
}

function takes(routes: readonly HandledRoute[], method: string): boolean {
  return routes.some((route) => RequestMethod[route.method] === method);
}
