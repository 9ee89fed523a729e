import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { MfaOpenApi } from '../../src/index.js';
import type { Operation } from '../../src/openapi/document.js';

/** One method of one path of a document. */
export interface Documented extends Operation {
  method: string;
  path: string;
}

/** The document of an application without the module's descriptions. */
export function plainDocument(app: INestApplication, version = '3.0.0'): OpenAPIObject {
  return SwaggerModule.createDocument(app, new DocumentBuilder().setOpenAPIVersion(version).build());
}

/** The document of an application, with the module's descriptions. */
export function describedDocument(app: INestApplication, version?: string): Promise<OpenAPIObject> {
  return app.get(MfaOpenApi).extend(plainDocument(app, version));
}

/** Everything that a document describes, in the order of the document. */
export function documentedIn({ paths }: Pick<OpenAPIObject, 'paths'>): Documented[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ ...operation, method, path })),
  );
}

/** The operation with this id. */
export function operationIn(document: Pick<OpenAPIObject, 'paths'>, id: string): Documented {
  const found = documentedIn(document).filter(({ operationId }) => operationId === id);
  if (found.length !== 1) throw new Error(`${found.length} operations have the id ${id}`);
  return found[0]!;
}
