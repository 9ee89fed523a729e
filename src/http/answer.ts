import { Injectable } from '@nestjs/common';
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
