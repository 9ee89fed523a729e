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
 * Returns a controller that answers, at the paths of another one, the methods that it does not take: 405 with `Allow`
 * (RFC 9110 §15.5.6). The server would say 404, in the application's words. `OPTIONS` gets the same `Allow`. It stands apart
 * from the other one and its guards, so that servers look at its routes last, and an OpenAPI page does not list them.
 */
export function otherMethodsController(controller: Type, decorators: readonly ClassDecorator[]): Type {
  class OtherMethodsController {
    constructor(@Inject(Answer) readonly answer: Answer) {}
  }
  for (const key of OF_CLASS) copy(key, controller, OtherMethodsController);
  for (const decorate of [SetMetadata('swagger/apiExcludeController', [true]), ...decorators]) {
    decorate(OtherMethodsController);
  }
  for (const { paths, handlers } of resourcesOf(controller)) {
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

function resourcesOf({ prototype }: Type): Iterable<Resource> {
  const resources = new Map<string, Resource>();
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const handler = (prototype as Record<string, Function>)[name]!;
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
