import type { ArgumentsHost } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { refusalElsewhere } from './refusal-elsewhere.js';

/**
 * Says whether the handler serves an HTTP request. In GraphQL, gateways and microservices a caller controls the first argument and
 * can imitate a request, and some libraries leave the context type at `http`. So only a Node stream counts as a request.
 */
export function isHttp(host: ArgumentsHost): boolean {
  return host.getType() === 'http' && isRequest(host.getArgByIndex(0));
}

/** Returns the HTTP request. @throws {Error} `http_only`, as the exception class of the handler's transport */
export function requestOf<Request>(host: ArgumentsHost): Request {
  if (!isHttp(host)) throw refusalElsewhere(host);
  return host.switchToHttp().getRequest<Request>();
}

// Fastify keeps the Node stream in `request.raw`. The file or socket that a queue hands on is a stream too, without these.
function isRequest(value: unknown): boolean {
  const stream = (value as { raw?: unknown } | null | undefined)?.raw ?? value;
  if (!(stream instanceof Readable)) return false;
  const { method, url, headers } = stream as Partial<IncomingMessage>;
  return typeof method === 'string' && typeof url === 'string' && typeof headers === 'object' && headers !== null;
}
