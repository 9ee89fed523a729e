import { Controller, Get, type INestApplication, Injectable, Post, UseGuards } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CurrentSession,
  CurrentUser,
  MfaError,
  type MfaSession,
  minutes,
  RequireMfa,
  RequireMfaGuard,
  SessionGuard,
} from '../../src/index.js';
import { signedInAs } from '../../src/testing.js';
import { type Platform, PLATFORMS } from '../support/boot-app.js';

@Injectable()
class Payouts {
  payTo = (name: string) => ({ paidTo: name });
}

@Controller()
class PayoutController {
  constructor(private readonly payouts: Payouts) {}

  @Post('payout')
  @RequireMfa({ maxAge: minutes(5) })
  payout(@CurrentUser() { username }: { username: string }) {
    return this.payouts.payTo(username);
  }

  @Get('session')
  @UseGuards(SessionGuard)
  session(@CurrentSession() { amr, userId }: MfaSession) {
    return { amr, userId };
  }

  @Post('locked')
  @RequireMfa()
  locked() {
    throw new MfaError('locked', { retryAfterSeconds: 30 });
  }
}

let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** A controller alone: nothing of the module, and no database. */
const alone = (): TestingModuleBuilder =>
  Test.createTestingModule({ controllers: [PayoutController], providers: [Payouts] });

async function call(builder: TestingModuleBuilder, platform: Platform, method: string, path: string) {
  const testing = await builder.compile();
  app = platform === 'fastify' ? testing.createNestApplication(new FastifyAdapter()) : testing.createNestApplication();
  await app.listen(0, '127.0.0.1');
  const response = await fetch((await app.getUrl()) + path, { method });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const letThrough = { canActivate: () => true };
const both = (guard: object) =>
  alone().overrideGuard(RequireMfaGuard).useValue(guard).overrideGuard(SessionGuard).useValue(guard);

describe("a unit test of an application's controller", () => {
  it('needs one guard replaced for @RequireMfa(), and the other for SessionGuard', async () => {
    const testing = await both(letThrough).compile();
    expect(testing.get(PayoutController).payout({ username: 'ada' })).toEqual({ paidTo: 'ada' });

    @Controller()
    class VaultController {
      @Get('vault')
      @RequireMfa()
      vault() {
        return 'open';
      }
    }
    const vault = Test.createTestingModule({ controllers: [VaultController] }).overrideGuard(RequireMfaGuard);
    expect((await vault.useValue(letThrough).compile()).get(VaultController).vault()).toBe('open');
  });

  it('is refused without them, as is an application that forgets to import the module', async () => {
    await expect(alone().compile()).rejects.toThrow("can't resolve dependencies of the RequireMfaGuard");
    const half = alone().overrideGuard(RequireMfaGuard).useValue(letThrough);
    await expect(half.compile()).rejects.toThrow("can't resolve dependencies of the SessionGuard");
  });

  describe.each(PLATFORMS)('over HTTP on %s', (platform) => {
    it('gives the handler the user and the session of the test', async () => {
      const ada = signedInAs({ id: 7, username: 'ada' }, { amr: ['pwd'] });
      const paid = await call(both(ada), platform, 'POST', '/payout');
      expect([paid.status, paid.body]).toEqual([201, { paidTo: 'ada' }]);
      await app?.close();
      expect((await call(both(ada), platform, 'GET', '/session')).body).toEqual({ amr: ['pwd'], userId: '7' });
    });

    it('gives the handler nobody if the guard that the test puts there notes nobody', async () => {
      const { status, body } = await call(both(letThrough), platform, 'POST', '/payout');
      expect([status, body]).toMatchObject([401, { code: 'not_authenticated' }]);
    });

    it("gets the module's refusals with their words and headers", async () => {
      const { status, headers, body } = await call(both(letThrough), platform, 'POST', '/locked');
      expect([status, headers.get('retry-after'), body]).toEqual([
        429,
        '30',
        { statusCode: 429, error: 'Too Many Requests', message: 'Too many attempts. Try again later.', code: 'locked' },
      ]);
    });
  });
});
