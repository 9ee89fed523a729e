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

/** What became of a request's handler: it was called, its error, or that it must not be called any more. */
interface Course {
  error?: { cause: unknown };
  isOver?: boolean;
}

/** Shows the other interceptors an empty object for each answer. */
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
 * Answers where the application's interceptors have left a request without an answer. An error that one of them has swallowed is told. One
 * that caches has kept the empty object, so the handler of a GET is called. Otherwise one has meant to refuse, or made a mistake:
 * the handler is not called, because it could sign somebody in.
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

// What an interceptor may cache.
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
   * Lets interceptors watch the requests of these controllers, and change no answer. They see each success as the end of an ordinary
   * handler. Without any, it adds none of ours: they cost as much as a statement.
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

// Without those of another application in this process with the same module.
function ownOf(controller: Type): NestInterceptor[] {
  const own = (Reflect.getMetadata(INTERCEPTORS, controller) ?? []) as NestInterceptor[];
  return own.filter((one) => !(one instanceof Outermost || one instanceof Innermost));
}
