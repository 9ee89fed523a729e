import type { INestApplication, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { Clock } from '../../src/index.js';
import type { Platform } from '../support/boot-app.js';
import { Client } from '../support/client.js';
import { TestClock } from '../../src/testing.js';

/** A recipe that runs, with a clock that the test holds. */
export interface StartedRecipe {
  app: INestApplication;
  client: Client;
  clock: TestClock;
}

/** Starts an application that was changed as a recipe says. */
export async function startRecipe(AppModule: Type, platform: Platform = 'express'): Promise<StartedRecipe> {
  const clock = new TestClock();
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app =
    platform === 'fastify'
      ? testing.createNestApplication(new FastifyAdapter() as never)
      : testing.createNestApplication();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, client: new Client(`http://127.0.0.1:${port}`), clock };
}
