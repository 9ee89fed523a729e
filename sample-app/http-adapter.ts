import type { AbstractHttpAdapter } from '@nestjs/core';

/** Returns Nest's adapter for Express, or for Fastify with `HTTP_ADAPTER=fastify`. */
export async function httpAdapter(name = process.env['HTTP_ADAPTER'] || 'express'): Promise<AbstractHttpAdapter> {
  if (name === 'fastify') return new (await import('@nestjs/platform-fastify')).FastifyAdapter();
  if (name === 'express') return new (await import('@nestjs/platform-express')).ExpressAdapter();
  throw new Error('HTTP_ADAPTER is neither express nor fastify.');
}
