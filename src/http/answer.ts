import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
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

/**
 * Shows the interceptors of the application the end of a request and no value. One that caches what another has wrapped
 * would keep `{ data: undefined }`, skip the handler of the next request for it, and so never answer that.
 * Nest takes the missing value for an error, after the answer: the filters pass over it.
 */
@Injectable()
export class NothingToSee implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<never> {
    return next.handle().pipe(ignoreElements());
  }
}
