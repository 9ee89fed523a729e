import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SkipThrottle, Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { afterEach, describe, expect, it } from 'vitest';
import type { RouteDecorators } from '../../src/index.js';
import { bootApp, type BootedApp, type Platform, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';

const MINUTE = 60_000;

/** The volume of a whole application, as docs/operations.md shows it. */
@Module({
  imports: [ThrottlerModule.forRoot([{ limit: 3, ttl: MINUTE }])],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class ThrottledModule {}

/** The same counts, for a guard that only the module's routes have. */
@Module({ imports: [ThrottlerModule.forRoot([{ limit: 3, ttl: MINUTE }])] })
class CountingModule {}

@Controller('shop')
class ShopController {
  @Get()
  open(): object {
    return { open: true };
  }
}

/** What a client must know of an answer: not to keep it, and when to come again. */
function headersOf({ headers }: Answered): (string | null)[] {
  return ['cache-control', 'pragma', 'retry-after'].map((name) => headers.get(name));
}

describe.each(PLATFORMS)("@nestjs/throttler in front of the module's routes on %s", (platform: Platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  function throttled(routeDecorators: RouteDecorators = {}): Promise<BootedApp> {
    const application = { imports: [ThrottledModule], controllers: [ShopController] };
    return bootApp({ platform, ...application, mfa: { routeDecorators } });
  }

  /** Statuses of so many requests, one after another. */
  async function statuses(count: number, send: () => Promise<Answered>): Promise<number[]> {
    const all: number[] = [];
    while (all.length < count) all.push((await send()).status);
    return all;
  }

  it.each(LOGIN_NAMES)('refuses what is over its limit at %s before any work for it is done', async (name) => {
    booted = await throttled();
    const login = await loginRoute(booted, name);
    expect(await statuses(3, () => login.send('bob', { password: 'wrong' }))).toEqual([400, 400, 400]);
    const before = { verifications: booted.users.verifications.length, statements: booted.statements.length };
    expect((await login.send('bob')).status).toBe(429);
    expect(booted.users.verifications).toHaveLength(before.verifications);
    expect(booted.statements).toHaveLength(before.statements);
  });

  it('is told apart from a lock by the code that it has not, and its answer may not be cached', async () => {
    booted = await throttled();
    await statuses(3, () => booted.client.login('bob'));
    const refused = await booted.client.login('bob');
    expect(headersOf(refused)).toEqual(['no-store', 'no-cache', '60']);
    expect(refused.body).toEqual({ message: 'ThrottlerException: Too Many Requests' });
  });

  it('is said in the words of RFC 6749 at the token endpoint, and its answer may not be cached', async () => {
    booted = await throttled();
    const login = await loginRoute(booted, 'oauth2');
    await statuses(3, () => login.send('bob'));
    const refused = await login.send('bob');
    expect(headersOf(refused)).toEqual(['no-store', 'no-cache', '60']);
    expect(refused.body).toMatchObject({ error: 'temporarily_unavailable' });
  });

  it('counts each route on its own, so that a login costs nothing elsewhere', async () => {
    booted = await throttled();
    const token = await booted.client.token('bob');
    expect(await statuses(4, () => booted.client.get('/mfa/', { token }))).toEqual([200, 200, 200, 429]);
    expect((await booted.client.login('bob')).status).toBe(200);
  });

  it("takes limits for the module's routes from routeDecorators, and leaves the application's as they are", async () => {
    booted = await throttled({ public: [Throttle({ default: { limit: 1, ttl: MINUTE } })] });
    expect(await statuses(2, () => booted.client.login('bob'))).toEqual([200, 429]);
    expect(await statuses(4, () => booted.client.get('/shop'))).toEqual([200, 200, 200, 429]);
  });

  it.each(LOGIN_NAMES)('stands before the password as a guard in routeDecorators too, at %s', async (name) => {
    const routeDecorators = { public: [UseGuards(ThrottlerGuard)] };
    booted = await bootApp({ platform, imports: [CountingModule], mfa: { routeDecorators } });
    const login = await loginRoute(booted, name);
    expect(await statuses(4, () => login.send('bob', { password: 'wrong' }))).toEqual([400, 400, 400, 429]);
    expect(booted.users.verifications).toHaveLength(3);
  });

  it("leaves the module's routes to the module's own limits where routeDecorators say so", async () => {
    booted = await throttled({ public: [SkipThrottle()] });
    const wrong = () => booted.client.login('bob', { password: 'wrong' });
    expect(await statuses(11, wrong)).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
    expect((await wrong()).body).toMatchObject({ code: 'locked' });
  });
});
