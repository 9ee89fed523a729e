import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { ignoreElements, type Observable } from 'rxjs';

/** What every answer of the module says of itself. */
export const UNCACHED = {
  'Cache-Control': 'no-store',
  Pragma: 'no-cache',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Sends an answer itself instead of returning it, so that an interceptor of the application can neither wrap, change nor
 * cache it.
 */
@Injectable()
export class Answer {
  constructor(private readonly host: HttpAdapterHost) {}

  send(response: unknown, body: unknown, status = 200, headers: Record<string, string> = {}): void {
    const adapter = this.host.httpAdapter;
    // Once more than ResponseHeaders: servers find a route under spellings of its path that no pattern tells.
    for (const [name, value] of Object.entries({ ...UNCACHED, ...headers })) adapter.setHeader(response, name, value);
    adapter.reply(response, body, status);
  }

  /** Whether an answer has left already, e.g. by an interceptor's time limit. */
  isSent(response: unknown): boolean {
    return this.host.httpAdapter.isHeadersSent(response) as boolean;
  }
}

/** Where Nest keeps what `@UseInterceptors()` says of a class. */
const INTERCEPTORS = '__interceptors__';

/**
 * Shows the interceptors of the application the end of a request and no value. One that caches what another has wrapped
 * would keep `{ data: undefined }`, skip the handler of the next request for it, and so never answer that.
 * Nest takes the missing value for an error, after the answer: the filters pass over it.
 */
@Injectable()
export class NothingToSee implements NestInterceptor {
  constructor(private readonly config: ApplicationConfig) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // Without others there is nobody to hide it from, and the error would cost as much as a statement.
    return this.isAlone(context) ? next.handle() : next.handle().pipe(ignoreElements());
  }

  private isAlone(context: ExecutionContext): boolean {
    const { config } = this;
    const ofRoute = Reflect.getMetadata(INTERCEPTORS, context.getClass()) as unknown[];
    return config.getGlobalInterceptors().length + config.getGlobalRequestInterceptors().length + ofRoute.length === 1;
  }
}
