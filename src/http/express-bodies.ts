import type { ServerResponse } from 'node:http';
import { announcesBody, isMisencoded, refusedStatus } from './announced-body.js';
import { malformedBody } from './body-refusals.js';
import type { ModulePath } from './module-path.js';
import type { OwnRoutes } from './own-routes.js';
import type { ExpressRequest, Server } from './server.js';
import type { UnreadableBody } from './unreadable-body.js';

type Next = (error?: unknown) => void;

/** An error of one of the parsers. */
interface ParserError {
  status?: number;
  type?: unknown;
  body?: unknown;
  errno?: unknown;
  code?: unknown;
}

/** The error types of body-parser for an unreadable body. `entity.verify.failed` is missing: it is the application's own refusal. */
const PARSER_TYPE =
  /^(?:encoding\.unsupported|charset\.unsupported|entity\.parse\.failed|entity\.too\.large|parameters\.too\.many|querystring\.parse\.rangeError|request\.size\.invalid|request\.aborted|stream\.encoding\.set|stream\.not\.readable)$/;

/** Answers bodies on the module's paths that Express' parsers refused or did not parse. Call it after the parsers are in place. */
export function readOnExpress(server: Server, path: ModulePath, routes: OwnRoutes, unreadable: UnreadableBody): void {
  const refuse = (request: ExpressRequest, response: ServerResponse, status: number) => {
    response.statusCode = status;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(unreadable.text(request, malformedBody(status)));
  };
  // Express recognises an error handler by its four parameters.
  server.use?.((error: ParserError, request: ExpressRequest, response: ServerResponse, next: Next) => {
    if (!path.holds(request.url) || !isOfParser(error)) return next(error);
    if (routes.hold(request) && (isNull(error) || !routes.parseBody(request) || !announcesBody(request))) {
      request.body = null;
      return next();
    }
    refuse(request, response, isMisencoded(request.headers) ? 415 : error.status!);
  });
  server.use?.((request: ExpressRequest, response: ServerResponse, next: Next) => {
    const status = routes.parseBody(request) ? refusedStatus(request) : undefined;
    if (status === undefined) return next();
    refuse(request, response, status);
  });
}

// Errors of body-parser have a known `type`; errors of zlib have an `errno` and a `code`. Any other error is the application's, and stays its own.
function isOfParser({ status = 500, type, errno, code }: ParserError): boolean {
  if (status < 400 || status >= 500) return false;
  return PARSER_TYPE.test(String(type)) || (typeof errno === 'number' && /^(?:Z_|ERR_|ZSTD_)/.test(String(code)));
}

// Express' parser refuses the JSON `null`; Fastify's accepts it. Here it counts as no body on both.
function isNull({ type, body }: ParserError): boolean {
  return type === 'entity.parse.failed' && typeof body === 'string' && body.trim() === 'null';
}
