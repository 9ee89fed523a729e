import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { Platform } from '../support/boot-app.js';
import { Client } from '../support/client.js';
import { lineLog } from '../support/logs.js';

/** An application that runs as its `main.ts` would start it. */
export interface StartedApplication {
  app: INestApplication;
  client: Client;
  port: number;
  /** Every line that it logged. */
  log: string[];
  close(): Promise<void>;
}

/** Starts an application of its own: nothing in it is replaced, not even the clock. */
export async function start(
  AppModule: Type,
  {
    platform = 'express',
    setUp,
  }: { platform?: Platform; setUp?: (app: INestApplication) => void | Promise<void> } = {},
): Promise<StartedApplication> {
  const log: string[] = [];
  const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter as ExpressAdapter, {
    logger: lineLog(log),
    abortOnError: false,
  });
  await setUp?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, client: new Client(`http://127.0.0.1:${port}`), port, log, close: () => app.close() };
}
