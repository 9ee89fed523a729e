import { Injectable, type NestInterceptor, type Type, UseInterceptors } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { ignoreElements } from 'rxjs';
import { NestCore } from '../core/nest-core.js';

/** The headers of every answer of the module. */
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
  constructor(private readonly core: NestCore) {}

  send(response: unknown, body: unknown, status = 200, headers: Record<string, string> = {}): void {
    const adapter = this.core.host.httpAdapter;
    // Once more than ResponseHeaders: servers find a route under spellings of its path that no pattern tells.
    for (const [name, value] of Object.entries({ ...UNCACHED, ...headers })) adapter.setHeader(response, name, value);
    if (adapter.getType() !== 'express') return void adapter.reply(response, body, status);
    // Express would hash each body for an ETag, although nobody may cache it.
    adapter.status(response, status);
    if (body === undefined) return void adapter.end(response);
    adapter.setHeader(response, 'Content-Type', 'application/json; charset=utf-8');
    adapter.end(response, JSON.stringify(body));
  }

  /** Whether an answer has left already, e.g. by an interceptor's time limit. */
  isSent(response: unknown): boolean {
    return this.core.host.httpAdapter.isHeadersSent(response) as boolean;
  }
}

/**
 * Shows the interceptors of the application the end of a request and no value. One that caches what another has wrapped
 * would keep `{ data: undefined }`, skip the handler of the next request for it, and so never answer that.
 * Nest takes the missing value for an error, after the answer: the filters pass over it.
 */
const NOTHING_TO_SEE: NestInterceptor = {
  intercept: (_, next) => next.handle().pipe(ignoreElements()),
};

/** Where Nest keeps what `@UseInterceptors()` says of a class. */
const INTERCEPTORS = '__interceptors__';

/** Hides the answers of these controllers from other interceptors, where there are any: it costs as much as a statement. */
export function hideAnswers(controllers: readonly Type[], config: ApplicationConfig): void {
  const hasOthers = config.getGlobalInterceptors().length + config.getGlobalRequestInterceptors().length > 0;
  for (const controller of controllers) {
    const own = Reflect.getMetadata(INTERCEPTORS, controller) as unknown[] | undefined;
    // The last one is the innermost.
    if (hasOthers || own) UseInterceptors(NOTHING_TO_SEE)(controller);
  }
}
