import type { INestApplication } from '@nestjs/common';
import { MfaOpenApi } from 'nestjs-mfa';

/** Serves the OpenAPI document of every route at `/docs-json`. `page/docs.html` shows it at `/docs`. */
export async function serveDocs(app: INestApplication): Promise<void> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('nestjs-mfa sample').build());
  // The page of @nestjs/swagger has styles in its HTML, which the policy of our pages does not let in.
  SwaggerModule.setup('docs', app, await app.get(MfaOpenApi).extend(document), { ui: false, raw: ['json'] });
}
