import { Injectable, type Type } from '@nestjs/common';
import { NestCore } from '../core/nest-core.js';
import { readOnExpress } from './express-bodies.js';
import { FastifyBodies } from './fastify-bodies.js';
import { ModulePath } from './module-path.js';
import { OwnRoutes, routesOf } from './own-routes.js';
import type { Server } from './server.js';
import { UnreadableBody } from './unreadable-body.js';

/**
 * Reads requests' bodies on Express and Fastify by one rule. A route that reads a body takes JSON or a form; its other refusals are
 * 400, 413 or 415 in one text. Every other route ignores whatever body comes: a client must be able to log out.
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
