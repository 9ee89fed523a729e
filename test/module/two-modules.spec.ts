import { Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { database } from '../applications/orders.js';
import { start, type StartedApplication } from '../applications/start.js';
import { oneRealm, staffMfa, twoRealms } from '../applications/two-realms-app.js';
import { PLATFORMS } from '../support/boot-app.js';

const REFUSAL =
  'MfaModule: it is imported twice, and a token of one would open the routes of the other, e.g. import it in AppModule alone.';

describe.each(PLATFORMS)('the module twice in one application on %s', (platform) => {
  let started: StartedApplication | undefined;
  afterEach(async () => {
    await started?.close();
    started = undefined;
  });

  it.each([{}, { isGlobal: false }])('[H-04] refuses to start: %j', async (more) => {
    await expect(start(twoRealms(more), { platform })).rejects.toThrow(REFUSAL);
  });

  it('[H-04] is refused where the second one is loaded later', async () => {
    started = await start(oneRealm(), { platform });
    const loader = started.app.get(LazyModuleLoader, { strict: false });
    await expect(loader.load(() => staffMfa())).rejects.toThrow(REFUSAL);
    const token = await started.client.token('alice');
    expect((await started.client.get('/mfa/', { token })).status).toBe(200);
  });

  it('[H-04] is refused where it is loaded when the application listens already', async () => {
    @Module({ imports: [database()] })
    class AppModule {}
    started = await start(AppModule, { platform });
    const loader = started.app.get(LazyModuleLoader, { strict: false });
    await expect(loader.load(() => staffMfa())).rejects.toThrow('MfaModule: it is loaded late,');
  });

  it('[H-04] starts when several modules import the same dynamic module', async () => {
    started = await start(oneRealm(), { platform });
    expect((await started.client.login('alice')).status).toBe(200);
  });
});
