import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { AnnouncedRequest } from './announced-body.js';
import { malformedBody } from './body-refusals.js';

type Headers = AnnouncedRequest['headers'];

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const { zstdDecompress } = zlib as { zstdDecompress?: typeof zlib.gunzip };

/** The codings that Express' parsers take. Fastify's take none. */
const DECODERS = new Map<string, Decode>([
  ['gzip', promisify(zlib.gunzip) as Decode],
  ['deflate', promisify(zlib.inflate) as Decode],
  ['br', promisify(zlib.brotliDecompress) as Decode],
  ...(zstdDecompress ? [['zstd', promisify(zstdDecompress) as Decode] as const] : []),
]);

/** Says whether a body must be read before Fastify's parsers: it is compressed, or its length is unknown and it may be empty. */
export function needsReading(headers: Headers): boolean {
  return headers['transfer-encoding'] !== undefined || codingOf(headers) !== 'identity';
}

/**
 * Reads a body and undoes its `Content-Encoding`.
 * @throws {MfaError} `malformed_body`, with 413 for one that is or becomes too long, and 415 for an unknown coding
 */
export async function decodedBody(payload: Readable, headers: Headers, limit: number): Promise<Buffer> {
  const coding = codingOf(headers);
  const decode = DECODERS.get(coding);
  if (coding !== 'identity' && !decode) throw malformedBody(415);
  const bytes = await whole(payload, limit);
  if (!decode) return bytes;
  try {
    return await decode(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw malformedBody((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 413 : 400);
  }
}

function codingOf(headers: Headers): string {
  return String(headers['content-encoding'] || 'identity').toLowerCase();
}

async function whole(payload: Readable, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  // The stream stays open if the body is too long, so that the refusal can still go out over its connection.
  for await (const part of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limit) throw malformedBody(413);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
