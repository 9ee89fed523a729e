import { Readable } from 'node:stream';
import { announcesBody, isMisencoded, isReadableType, refusedStatus } from './announced-body.js';
import { malformedBody, unparsedBody } from './body-refusals.js';
import { decodedBody, needsReading } from './decoded-body.js';
import type { ModulePath } from './module-path.js';
import { OwnRoutes } from './own-routes.js';
import { type Done, type FastifyReply, type FastifyRequest, hideHeaders, type Server } from './server.js';
import type { UnreadableBody } from './unreadable-body.js';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const CODING_HEADERS = ['transfer-encoding', 'content-encoding'];
const BODY_HEADERS = ['content-type', 'content-length', ...CODING_HEADERS];
const DEFAULT_LIMIT = 1024 * 1024;

/**
 * Answers bodies on the module's paths that Fastify's parsers refuse, and hides bodies that no route reads from the parsers. The
 * hooks are added before the application's hooks; the routes become known later.
 */
export class FastifyBodies {
  private readonly unread = new WeakSet<object>();
  private readonly refused = new WeakSet<object>();
  private routes = new OwnRoutes([]);

  constructor(
    private readonly path: ModulePath,
    private readonly unreadable: UnreadableBody,
  ) {}

  /** Sets the routes that the hooks apply to. */
  readFor(routes: OwnRoutes): void {
    this.routes = routes;
  }

  /** Adds the hooks to the server. */
  addTo(server: Server): void {
    server.addHook?.('preParsing', (request: FastifyRequest, _: unknown, payload: Readable, done: Done) =>
      this.beforeParsing(request, payload, done),
    );
    server.addHook?.('preValidation', (request: FastifyRequest, reply: FastifyReply, done: Done) =>
      this.afterParsing(request, reply, done),
    );
    server.addHook?.('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) =>
      // An answer sent between the other two hooks is a refusal of the body, by the parser or by this class.
      done(null, this.unread.has(request) ? this.refusal(request, reply) : payload),
    );
  }

  private beforeParsing(request: FastifyRequest, payload: Readable, done: Done): unknown {
    if (this.path.holds(request.url)) this.unread.add(request);
    if (this.needsDecoding(request)) return this.decoded(request, payload);
    if (!this.reads(request) && this.routes.hold(request)) hideHeaders(request, BODY_HEADERS);
    return done(null, payload);
  }

  private afterParsing(request: FastifyRequest, reply: FastifyReply, done: Done): unknown {
    const status = this.routes.parseBody(request) ? refusedStatus(request) : undefined;
    if (status !== undefined) return reply.code(status).send('');
    this.unread.delete(request);
    return done();
  }

  private reads(request: FastifyRequest): boolean {
    return this.routes.parseBody(request) && announcesBody(request);
  }

  private needsDecoding(request: FastifyRequest): boolean {
    if (!this.reads(request)) return false;
    return isMisencoded(request.headers) || (isReadableType(request.headers) && needsReading(request.headers));
  }

  private async decoded(request: FastifyRequest, payload: Readable): Promise<Readable> {
    this.refused.add(request);
    if (isMisencoded(request.headers)) throw malformedBody(415);
    const bytes = await decodedBody(payload, request.headers, request.routeOptions?.bodyLimit ?? DEFAULT_LIMIT);
    this.refused.delete(request);
    hideHeaders(request, bytes.length === 0 ? BODY_HEADERS : CODING_HEADERS);
    if (bytes.length > 0) request.headers = { ...request.headers, 'content-length': String(bytes.length) };
    return Readable.from([bytes]);
  }

  private refusal(request: FastifyRequest, reply: FastifyReply): string {
    // Fastify refuses a type for which it has no parser.
    const isUnparsed = reply.statusCode === 415 && isReadableType(request.headers) && !this.refused.has(request);
    const error = isUnparsed ? unparsedBody() : malformedBody(reply.statusCode);
    reply.code(error.getStatus()).headers(JSON_TYPE);
    return this.unreadable.text(request, error);
  }
}
