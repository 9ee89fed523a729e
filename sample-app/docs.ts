import type { INestApplication } from '@nestjs/common';
import { MfaOpenApi } from 'nestjs-mfa';

/** Serves a page with every route at `/docs`, and its OpenAPI document at `/docs-json`. */
export async function serveDocs(app: INestApplication): Promise<void> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('nestjs-mfa sample').build());
  SwaggerModule.setup('docs', app, await app.get(MfaOpenApi).extend(document));
}
