import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { ContextIdFactory, type ModuleRef } from '@nestjs/core';
import { concat, defer, ignoreElements, map, type Observable } from 'rxjs';
import { NestCore } from '../core/nest-core.js';
import { Answer } from './answer.js';

/** Where Nest keeps what `@UseInterceptors()` says of a class. */
const INTERCEPTORS = '__interceptors__';

type Handler = (request: unknown, response: unknown) => unknown;

/** Shows the other interceptors an empty object for each answer. */
class Innermost implements NestInterceptor {
  readonly begun = new WeakSet<object>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.begun.add(context.switchToHttp().getRequest<object>());
    return next.handle().pipe(map(() => ({})));
  }
}

/**
 * Calls the handler where an interceptor has not. One that caches has kept the empty object, and the next client would get no answer
 * at all. The guards have run by then. An interceptor that refuses a request throws, or sends an answer itself.
 */
class Outermost implements NestInterceptor {
  constructor(
    private readonly controllers: readonly Function[],
    private readonly begun: WeakSet<object>,
    private readonly modules: ModuleRef,
    private readonly answer: Answer,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.controllers.includes(context.getClass())) return next.handle();
    return concat(
      next.handle().pipe(ignoreElements()),
      defer(() => this.ensureAnswer(context)),
    );
  }

  private async ensureAnswer(context: ExecutionContext): Promise<void> {
    const [request, response] = context.getArgs<[object, unknown]>();
    if (this.begun.has(request) || this.answer.isSent(response)) return;
    const contextId = ContextIdFactory.getByRequest(request);
    const controller = await this.modules.resolve<object>(context.getClass(), contextId, { strict: false });
    await (context.getHandler() as Handler).call(controller, request, response);
  }
}

/** Keeps the application's interceptors away from the module's answers. */
@Injectable()
export class Interceptors {
  constructor(
    private readonly core: NestCore,
    private readonly answer: Answer,
  ) {}

  /**
   * Lets interceptors watch the requests of these controllers, and change no answer. They see each success as the end of an ordinary
   * handler. Without any, it adds none of ours: they cost as much as a statement.
   */
  hideAnswers(controllers: readonly Type[]): void {
    const { config, modules } = this.core;
    const globals = config.getGlobalInterceptors();
    const hasGlobals = globals.length + config.getGlobalRequestInterceptors().length > 0;
    const last = new Innermost();
    const first = new Outermost(controllers, last.begun, modules, this.answer);
    // Nest calls global interceptors first, and those of a class after them.
    if (hasGlobals) globals.unshift(first);
    for (const controller of controllers) {
      const own = ownOf(controller);
      if (!hasGlobals && own.length === 0) continue;
      Reflect.deleteMetadata(INTERCEPTORS, controller);
      UseInterceptors(...(hasGlobals ? [] : [first]), ...own, last)(controller);
    }
  }
}

// Without those of another application in this process with the same module.
function ownOf(controller: Type): NestInterceptor[] {
  const own = (Reflect.getMetadata(INTERCEPTORS, controller) ?? []) as NestInterceptor[];
  return own.filter((one) => !(one instanceof Outermost || one instanceof Innermost));
}
