import { Inject, Injectable, type Type } from '@nestjs/common';
import { NestCore } from '../core/nest-core.js';
import { ModulePath } from '../http/module-path.js';
import { CONTROLLERS, routesOf } from '../http/own-routes.js';
import { servedPath } from '../http/served-path.js';
import { ConfiguredFacts } from './configured-facts.js';
import type { OpenApiDocument } from './document.js';

/** Describes the module's routes in the OpenAPI document of your application. */
@Injectable()
export class MfaOpenApi {
  constructor(
    private readonly core: NestCore,
    private readonly facts: ConfiguredFacts,
    private readonly module: ModulePath,
    @Inject(CONTROLLERS) private readonly controllers: readonly Type[],
  ) {}

  /**
   * Returns a copy of your document that describes every route of the module once: bodies, answers, refusals and
   * security schemes. The routes of your own challenges are included. Your other routes stay as they are. It accepts
   * OpenAPI 3.0 and 3.1, from `@nestjs/swagger` or any other generator.
   * @example
   * ```ts
   * const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
   * SwaggerModule.setup('docs', app, await app.get(MfaOpenApi).extend(document));
   * ```
   */
  async extend<Document extends OpenApiDocument>(document: Document): Promise<Document> {
    // Loaded only when it is needed: most processes never make a document.
    const { extendedDocument } = await import('./extended-document.js');
    const routes = routesOf(this.controllers);
    const facts = this.facts.of(document, this.module.path, routes);
    return extendedDocument(document, { routes, facts, servedPath: (route) => servedPath(route, this.core) });
  }
}
