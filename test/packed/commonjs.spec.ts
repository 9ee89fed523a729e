import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { start, type StartedApplication } from '../applications/start.js';
import { database } from '../applications/orders.js';
import { TEST_KEY } from '../support/boot-app.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';
import * as imported from '../../src/index.js';
import { Module } from '@nestjs/common';

describe('the package in a CommonJS application', () => {
  let started: StartedApplication;
  afterEach(() => started.close());

  it('[H-07] is the same module by require as by import, and signs users in', async () => {
    const required = createRequire(import.meta.url)('nestjs-mfa') as typeof imported;
    expect(required.MfaModule).toBe(imported.MfaModule);

    @Module({
      imports: [
        database(),
        required.MfaModule.forRoot({ imports: [TestUsersModule], users: TestUsers, keys: [TEST_KEY] }),
      ],
    })
    class AppModule {}
    started = await start(AppModule);
    const token = await started.client.token('alice');
    expect((await started.client.get('/mfa/', { token })).body).toMatchObject({ enabled: false });
  });
});
