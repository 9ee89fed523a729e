import type { INestApplication } from '@nestjs/common';
import type { Platform } from './boot-app.js';

/** A route as a server knows it. */
export interface RegisteredRoute {
  method: string;
  path: string;
}

interface ExpressLayer {
  route?: { path: string; methods: Record<string, boolean> };
}

interface Instance {
  router: { stack: ExpressLayer[] };
  addHook(name: 'onRoute', note: (route: { method: string | string[]; url: string }) => void): void;
}

/** Returns a function that tells which routes the server of an application has. Call this before the application starts. */
export function watchRoutes(app: INestApplication, platform: Platform): () => RegisteredRoute[] {
  const server = app.getHttpAdapter().getInstance() as Instance;
  if (platform === 'express') return () => server.router.stack.flatMap(({ route }) => (route ? ofExpress(route) : []));
  const noted: RegisteredRoute[] = [];
  server.addHook('onRoute', ({ method, url }) => {
    noted.push(...[method].flat().map((one) => ({ method: one, path: url })));
  });
  return () => noted;
}

function ofExpress({ path, methods }: NonNullable<ExpressLayer['route']>): RegisteredRoute[] {
  return Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path }));
}
