import { Injectable, type Type } from '@nestjs/common';
import { NestCore } from '../core/nest-core.js';
import { readOnExpress } from './express-bodies.js';
import { FastifyBodies } from './fastify-bodies.js';
import { ModulePath } from './module-path.js';
import { OwnRoutes, routesOf } from './own-routes.js';
import type { Server } from './server.js';
import { UnreadableBody } from './unreadable-body.js';

/**
 * Reads request bodies by the same rule on Express and Fastify. A route that reads a body takes JSON or a form, and refuses any other
 * body with 400, 413 or 415 and one text. The other routes ignore the body, so that no body stops a client from logging out.
 */
@Injectable()
export class RequestBodies {
  private readonly onFastify: FastifyBodies;

  constructor(
    private readonly core: NestCore,
    private readonly path: ModulePath,
    private readonly unreadable: UnreadableBody,
  ) {
    this.onFastify = new FastifyBodies(path, unreadable);
    // In tests, providers exist before the server.
    core.host.init$.subscribe(() => this.onFastify.addTo(this.server()));
  }

  /** Reads the bodies for these controllers. Call it after Express' parsers are in place. */
  readFor(controllers: readonly Type[]): void {
    const routes = new OwnRoutes(routesOf(controllers));
    this.onFastify.readFor(routes);
    const server = this.server();
    if (!server.addHook) readOnExpress(server, this.path, routes, this.unreadable);
  }

  private server(): Server {
    return this.core.host.httpAdapter?.getInstance<Server>() ?? {};
  }
}
