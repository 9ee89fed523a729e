import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { ContextIdFactory, type ModuleRef } from '@nestjs/core';
import { catchError, concat, defer, EMPTY, ignoreElements, map, type Observable, throwError } from 'rxjs';
import { MfaError } from '../core/mfa-error.js';
import { NestCore } from '../core/nest-core.js';
import { Answer } from './answer.js';

/** Where Nest keeps what `@UseInterceptors()` says of a class. */
const INTERCEPTORS = '__interceptors__';

type Handler = (request: unknown, response: unknown) => unknown;

/** Noted for a request: its handler was called, perhaps with an error, or must not be called any more. */
interface Course {
  error?: { cause: unknown };
  isOver?: boolean;
}

/** Replaces each result by an empty object before the application's interceptors see it. */
class Innermost implements NestInterceptor {
  readonly courses = new WeakMap<object, Course>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<object>();
    if (this.courses.get(request)?.isOver) return EMPTY;
    const course: Course = {};
    this.courses.set(request, course);
    return next.handle().pipe(
      map(() => ({})),
      catchError((cause: unknown) => {
        course.error = { cause };
        return throwError(() => cause);
      }),
    );
  }
}

/**
 * Answers a request that the application's interceptors left without an answer. It rethrows an error that one of them swallowed. If a
 * cache skipped the handler of a GET, it calls the handler. It refuses any other request whose handler was skipped: the
 * interceptor may have meant to refuse, and the handler could sign somebody in.
 */
class Outermost implements NestInterceptor {
  constructor(
    private readonly controllers: readonly Function[],
    private readonly courses: WeakMap<object, Course>,
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
    if (this.answer.isSent(response)) return;
    const course = this.courses.get(request);
    if (course?.error) throw course.error.cause;
    if (course) return;
    this.courses.set(request, { isOver: true });
    if (!isGet(context)) throw new MfaError('unavailable', { cause: new TypeError('An interceptor skipped a route.') });
    const contextId = ContextIdFactory.getByRequest(request);
    const controller = await this.modules.resolve<object>(context.getClass(), contextId, { strict: false });
    await (context.getHandler() as Handler).call(controller, request, response);
  }
}

// Caches answer these methods only.
function isGet(context: ExecutionContext): boolean {
  const { method } = context.switchToHttp().getRequest<{ method: string }>();
  return method === 'GET' || method === 'HEAD';
}

/** Keeps the application's interceptors away from the module's answers. */
@Injectable()
export class Interceptors {
  constructor(
    private readonly core: NestCore,
    private readonly answer: Answer,
  ) {}

  /**
   * Lets interceptors see requests to these controllers, but not change answers. If the application has no interceptors, it adds none:
   * they cost as much as a database statement.
   */
  hideAnswers(controllers: readonly Type[]): void {
    const { config, modules } = this.core;
    const globals = config.getGlobalInterceptors();
    const hasGlobals = globals.length + config.getGlobalRequestInterceptors().length > 0;
    const last = new Innermost();
    const first = new Outermost(controllers, last.courses, modules, this.answer);
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

// Leaves out those that another application in this process has added to the same controllers.
function ownOf(controller: Type): NestInterceptor[] {
  const own = (Reflect.getMetadata(INTERCEPTORS, controller) ?? []) as NestInterceptor[];
  return own.filter((one) => !(one instanceof Outermost || one instanceof Innermost));
}
