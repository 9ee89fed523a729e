const TYPE = /^\s*application\/(?:json|x-www-form-urlencoded)\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** The parts of a framework's request that describe its body. */
export interface AnnouncedRequest {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  /** Fastify's. An HTTP/2 request has a stream. */
  raw?: { stream?: { endAfterHeaders?: boolean } };
}

/** Says whether a request has a body. On HTTP/2, where a length is optional, the stream says it. */
export function announcesBody({ headers, raw }: AnnouncedRequest): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length === undefined ? raw?.stream?.endAfterHeaders === false : Number(length) !== 0;
}

/** Says whether a body is of a type that the module reads: JSON or a form, in UTF-8. */
export function isReadableType(headers: AnnouncedRequest['headers']): boolean {
  const type = typeOf(headers);
  return TYPE.test(type) && (CHARSET.exec(type)?.[1] ?? 'utf-8').toLowerCase() === 'utf-8';
}

/** Says whether a body is JSON or a form in another charset than UTF-8. */
export function isMisencoded(headers: AnnouncedRequest['headers']): boolean {
  return TYPE.test(typeOf(headers)) && !isReadableType(headers);
}

/**
 * Returns the status that refuses a body after parsing, or undefined. An object of another content type is accepted: the application
 * has its own parser for it.
 */
export function refusedStatus(request: AnnouncedRequest): 400 | 415 | undefined {
  const { headers, body } = request;
  if (!announcesBody(request)) return undefined;
  if (isMisencoded(headers)) return 415;
  const isObject = typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
  if (!isReadableType(headers) && !isObject) return 415;
  return body === undefined || body === null || typeof body === 'object' ? undefined : 400;
}

function typeOf(headers: AnnouncedRequest['headers']): string {
  return String(headers['content-type'] ?? '');
}
