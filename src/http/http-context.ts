import type { ArgumentsHost } from '@nestjs/common';
import { Readable } from 'node:stream';
import { refusalElsewhere } from './refusal-elsewhere.js';

/**
 * Whether a handler answers an HTTP request. Elsewhere the first argument is somebody's data: the parent of a GraphQL field, the
 * payload of a message. It may hold anything that a request has, a session too, and libraries with handlers of their own leave
 * Nest's name of a context at `http`. So a request must be what no data can be: the stream that Node reads it from.
 */
export function isHttp(host: ArgumentsHost): boolean {
  return host.getType() === 'http' && isRequest(host.getArgByIndex(0));
}

/** The request of a handler. @throws the refusal of a handler that answers none, in the words of what it answers */
export function requestOf<Request>(host: ArgumentsHost): Request {
  if (!isHttp(host)) throw refusalElsewhere(host);
  return host.switchToHttp().getRequest<Request>();
}

// Fastify has the stream within its own request.
function isRequest(value: unknown): boolean {
  return value instanceof Readable || (value as { raw?: unknown } | null | undefined)?.raw instanceof Readable;
}
