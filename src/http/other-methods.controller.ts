import { Inject, Req, RequestMapping, RequestMethod, Res, SetMetadata, type Type } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { Answer } from './answer.js';
import { SafeFetchGuard } from './safe-fetch.guard.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** What Nest notes of a controller: where it is, and who renders its errors. */
const OF_CLASS = ['path', '__version__', '__exceptionFilters__'];

type Handler = (this: OtherMethods, request: unknown, response: unknown) => void;

interface OtherMethods {
  answer: Answer;
}

/** The handlers of one path, by method. */
interface Resource {
  paths: string[];
  handlers: Map<string, Function>;
}

/**
 * Returns controllers that answer, at the paths of others, the methods that those do not take: 405 with `Allow` (RFC 9110 §15.5.6). The
 * server would say 404, in the application's words. `OPTIONS` gets the same `Allow`. They stand apart from the others and their guards, so
 * that servers look at their routes last, and an OpenAPI page does not list them.
 */
export function otherMethodsControllers(controllers: readonly Type[], decorators: readonly ClassDecorator[]): Type[] {
  const pathOf = (controller: Type) => Reflect.getMetadata('path', controller) as string;
  const paths = [...new Set(controllers.map(pathOf))];
  return paths.map((path) =>
    otherMethods(
      controllers.filter((one) => pathOf(one) === path),
      decorators,
    ),
  );
}

function otherMethods(controllers: readonly Type[], decorators: readonly ClassDecorator[]): Type {
  class OtherMethodsController {
    constructor(@Inject(Answer) readonly answer: Answer) {}
  }
  for (const key of OF_CLASS) copy(key, controllers[0]!, OtherMethodsController);
  for (const decorate of [SetMetadata('swagger/apiExcludeController', [true]), ...decorators]) {
    decorate(OtherMethodsController);
  }
  for (const { paths, handlers } of resourcesOf(controllers)) {
    const allow = allowed(handlers);
    for (const method of METHODS.filter((one) => !handlers.has(one))) {
      // A function each: Nest notes the method on it.
      add(OtherMethodsController, method, paths, () => {
        throw new MfaError('method_not_allowed', { allow });
      });
    }
    add(OtherMethodsController, 'OPTIONS', paths, function (_, response) {
      this.answer.send(response, undefined, 204, { Allow: allow });
    });
  }
  return OtherMethodsController;
}

function copy(key: string, from: Type, to: Type): void {
  const value: unknown = Reflect.getMetadata(key, from);
  if (value !== undefined) Reflect.defineMetadata(key, value, to);
}

function resourcesOf(controllers: readonly Type[]): Iterable<Resource> {
  const resources = new Map<string, Resource>();
  const handlers = controllers.flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).map(
      (name) => [name, (prototype as Record<string, Function>)[name]!] as const,
    ),
  );
  for (const [name, handler] of handlers) {
    const paths = Reflect.getMetadata('path', handler) as string[] | undefined;
    if (name === 'constructor' || !paths) continue;
    const resource = resources.get(paths.join()) ?? { paths, handlers: new Map<string, Function>() };
    resource.handlers.set(RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod], handler);
    resources.set(paths.join(), resource);
  }
  return resources.values();
}

function allowed(handlers: Resource['handlers']): string {
  const get = handlers.get('GET');
  const guards = (get && (Reflect.getMetadata('__guards__', get) as unknown[] | undefined)) ?? [];
  const head = get && !guards.includes(SafeFetchGuard) ? ['HEAD'] : [];
  return [...METHODS.filter((one) => handlers.has(one)), ...head].join(', ');
}

function add({ prototype }: Type, method: keyof typeof RequestMethod, path: string[], value: Handler): void {
  const name = `${method} ${path[0]}`;
  const descriptor = { value, configurable: true };
  Object.defineProperty(prototype, name, descriptor);
  Req()(prototype as object, name, 0);
  Res()(prototype as object, name, 1);
  RequestMapping({ path, method: RequestMethod[method] })(prototype as object, name, descriptor);
}
