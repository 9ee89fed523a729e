import { Injectable, Module } from '@nestjs/common';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type * as Own from '../../src/index.js';
import { MfaError } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { compileSources, copyPackage } from '../support/compiled-sources.js';
import { oauthClient } from '../support/oauth.js';
import { openSession } from '../support/own-mfa.js';
import { type TestUser, TestUsers } from '../support/test-users.js';

const require = createRequire(import.meta.url);

let folder: string;
/** What an application's library throws: classes of copies that the module has never seen. */
let failures: Record<string, () => Error>;
beforeAll(async () => {
  folder = await compileSources();
  await copyPackage('@nestjs/common', join(folder, 'src'));
  const { ImATeapotException } = require(join(folder, 'src/node_modules/@nestjs/common')) as {
    ImATeapotException: new (message: string) => Error;
  };
  const other = require(join(folder, 'src/core/mfa-error.js')) as Pick<typeof Own, 'MfaError'>;
  const { FailedChallengeError } = require(join(folder, 'src/challenge/failed-challenge-error.js')) as Pick<
    typeof Own,
    'FailedChallengeError'
  >;
  failures = {
    teapot: () => new ImATeapotException('short and stout'),
    conflict: () => new other.MfaError('conflict'),
    busy: () => new other.MfaError('unavailable', { retryAfterSeconds: 7 }),
    gateway: () => new FailedChallengeError('It said no.'),
  };
});
afterAll(() => rm(folder, { recursive: true }));

@Injectable()
class ThrowingUsers extends TestUsers {
  override findByUsername(username: string): Promise<TestUser | null> {
    if (failures[username]) throw failures[username]();
    return super.findByUsername(username);
  }
  override findById(id: string): Promise<TestUser | null> {
    if (failures[this.failsById]) throw failures[this.failsById]!();
    return super.findById(id);
  }
  failsById = '';
}

@Module({ providers: [ThrowingUsers, { provide: TestUsers, useExisting: ThrowingUsers }], exports: [ThrowingUsers] })
class ThrowingUsersModule {}

describe.each(PLATFORMS)('errors of second copies on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());
  const boot = async () => {
    booted = await bootApp({ platform, mfa: { imports: [ThrowingUsersModule], users: ThrowingUsers } });
  };

  it('[F-26] keep their status at a login', async () => {
    await boot();
    const teapot = await booted.client.login('teapot');
    expect([teapot.status, teapot.body['message']]).toEqual([418, 'short and stout']);
    const conflict = await booted.client.login('conflict');
    expect([conflict.status, conflict.body['code']]).toEqual([409, 'conflict']);
    const busy = await booted.client.login('busy');
    expect([busy.status, busy.headers.get('retry-after'), busy.body['code']]).toEqual([503, '7', 'unavailable']);
    const caller = await oauthClient(booted);
    expect((await caller.password('teapot')).status).toBe(418);
    expect((await caller.password('busy')).body['error']).toBe('temporarily_unavailable');
  });

  it('[F-26] keep their status at a guarded route, and open none', async () => {
    await boot();
    const token = await openSession(booted, 'alice');
    const users = booted.app.get(ThrowingUsers, { strict: false });
    // On the application's own route, Nest answers the first one, and takes it for a fault.
    for (const [name, own, theirs] of [['teapot', 418, 500] as const, ['conflict', 409, 409] as const]) {
      users.failsById = name;
      expect((await booted.client.get('/mfa/', { token })).status).toBe(own);
      expect((await booted.client.get('/app/me', { token })).status).toBe(theirs);
    }
    users.failsById = '';
    expect((await booted.client.get('/app/me', { token })).status).toBe(200);
  });

  it('[F-26] of a sender are failures of the gateway, and cost no message', async () => {
    await boot();
    const token = await openSession(booted, 'alice');
    booted.outbox.before = () => Promise.reject(failures['gateway']!());
    const json = { phone_number: '14085550199' };
    const failed = await booted.client.put('/mfa/sms/request/', { token, json });
    booted.outbox.before = () => Promise.resolve();
    expect([failed.status, (await booted.client.put('/mfa/sms/request/', { token, json })).status]).toEqual([400, 200]);
  });

  it('[F-26] are no errors of its subclasses, and nothing else is an error of the module', async () => {
    await boot();
    class Narrower extends MfaError {}
    expect([failures['busy']!() instanceof MfaError, failures['busy']!() instanceof Narrower]).toEqual([true, false]);
    expect([new Narrower('conflict') instanceof MfaError, new Narrower('conflict') instanceof Narrower]).toEqual([
      true,
      true,
    ]);
    for (const other of [null, undefined, 'text', {}, new Error('x'), failures['teapot']!()]) {
      expect(other instanceof MfaError).toBe(false);
    }
  });
});
