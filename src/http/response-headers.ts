import { Injectable, type Type } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { NestCore } from '../core/nest-core.js';
import { UNCACHED } from './answer.js';
import { ModulePath } from './module-path.js';
import { OwnRoutes, routesOf } from './own-routes.js';
import { type Done, type FastifyReply, type FastifyRequest, hideHeaders, type Server } from './server.js';

const VARY = ['Authorization', 'Cookie'];
const CONDITIONS = ['if-none-match', 'if-modified-since', 'range'];

/** Marks a plugin of Fastify as one for the whole server. */
const GLOBAL = { [Symbol.for('skip-override')]: true };

/**
 * Puts the contract's headers on every answer below the module's path. Some answers never reach a controller: a body that does
 * not parse, an unknown path, an error of the application's guard. So hooks set the headers before any of these.
 */
@Injectable()
export class ResponseHeaders {
  constructor(
    private readonly core: NestCore,
    private readonly path: ModulePath,
  ) {
    // In tests, providers exist before the server.
    core.host.init$.subscribe(() => this.setUp());
  }

  /**
   * Keeps plugins of Fastify from adding an ETag: it would be a hash of the secrets in a body, and a conditional request would get
   * a 304 in place of a new backup code. Call it when the application's plugins are registered, because hooks run in their order.
   */
  answerUnconditionally(controllers: readonly Type[]): void {
    const routes = new OwnRoutes(routesOf(controllers));
    const plugin = (server: Required<Server>, _: unknown, done: Done) => {
      server.addHook('preParsing', (request: FastifyRequest, _reply: unknown, payload: unknown, next: Done) => {
        if (routes.hold(request)) hideHeaders(request, CONDITIONS);
        next(null, payload);
      });
      server.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, next: Done) => {
        if (routes.hold(request)) reply.removeHeader('ETag');
        next(null, payload);
      });
      done();
    };
    const server = this.server();
    if (server.addHook) server.register?.(Object.assign(plugin, GLOBAL));
  }

  private setUp(): void {
    const server = this.server();
    if (server.addHook) this.setUpFastify(server);
    else this.setUpExpress(server);
  }

  private setUpExpress(server: Server): void {
    server.use?.((request: { url: string }, response: ServerResponse, next: () => void) => {
      if (this.path.holds(request.url)) {
        const headers = { ...UNCACHED, Vary: varyWith(response.getHeader('Vary')) };
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      }
      next();
    });
  }

  private setUpFastify(server: Server): void {
    server.addHook?.('onRequest', ({ url }: { url: string }, reply: FastifyReply, done: Done) => {
      if (this.path.holds(url)) reply.headers({ ...UNCACHED, Vary: varyWith(reply.getHeader('Vary')) });
      done();
    });
  }

  private server(): Server {
    return this.core.host.httpAdapter?.getInstance<Server>() ?? {};
  }
}

/** Returns a `Vary` with what it said before, e.g. `Origin`. */
function varyWith(before: number | string | string[] | undefined): string {
  const said = [before ?? []].flat().flatMap((value) => String(value).split(/\s*,\s*/));
  const missing = VARY.filter((name) => !said.some((one) => one.toLowerCase() === name.toLowerCase()));
  return [...said, ...missing].filter(Boolean).join(', ');
}
