import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import type { AdapterKind } from '../selection.js';

export function httpAdapter(kind: AdapterKind): ExpressAdapter | FastifyAdapter {
  return kind === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
}

/** Starts an application on a free port and returns that port. */
export async function listen(app: INestApplication): Promise<number> {
  await app.listen(0, '127.0.0.1');
  return (app.getHttpServer().address() as AddressInfo).port;
}
