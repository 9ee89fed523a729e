import { exchange } from '../support/exchange.js';

/** A request as it goes over the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface WireAnswer {
  status: number;
  /** The body if it is a JSON object, or {}. */
  body: Record<string, unknown>;
  text: string;
}

/**
 * Sends exactly these headers and this body. `fetch` would add a content type, refuse a `GET` with a body, and refuse
 * header values beyond Latin-1.
 */
export async function send(origin: string, { method, path, headers, body }: WireRequest): Promise<WireAnswer> {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const length = bytes && { 'Content-Length': String(bytes.length) };
  const own = { ...inLatin1(headers), ...length };
  const { status, text } = await exchange(origin + path, { method, headers: own }, bytes);
  return { status, body: objectOf(text), text };
}

// A header carries bytes: what Latin-1 has not goes out as its UTF-8.
function inLatin1(headers: Record<string, string>): Record<string, string> {
  const bytes = (value: string) => (/[^\0-\xff]/.test(value) ? Buffer.from(value).toString('latin1') : value);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, bytes(value)]));
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
