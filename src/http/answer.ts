import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Sends an answer itself instead of returning it, so that an interceptor of the application can neither wrap, change nor
 * cache it.
 */
@Injectable()
export class Answer {
  constructor(private readonly host: HttpAdapterHost) {}

  send(response: unknown, body: unknown, status = 200, headers: Record<string, string> = {}): void {
    const adapter = this.host.httpAdapter;
    for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
    adapter.reply(response, body, status);
  }
}
