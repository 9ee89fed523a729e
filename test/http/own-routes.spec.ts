/* oxlint-disable promise/valid-params, promise/no-promise-in-callback -- an ExceptionFilter's method is named `catch` */
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  SetMetadata,
} from '@nestjs/common';
import { APP_GUARD, BaseExceptionFilter, Reflector } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { MfaError, MfaErrorFilter, SessionGuard } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

const Public = () => SetMetadata('public', true);

/** The guard of a whole application, as docs/sessions.md shows it. */
@Injectable()
class AppGuard extends SessionGuard {
  @Inject(Reflector) private readonly reflector!: Reflector;

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const open = this.reflector.getAllAndOverride<boolean>('public', [context.getHandler(), context.getClass()]);
    return open || super.canActivate(context);
  }
}

@Module({ providers: [{ provide: APP_GUARD, useClass: AppGuard }] })
class GuardedModule {}

/** The catch-all filter of an application, as docs/troubleshooting.md shows it. */
@Catch()
class EveryErrorFilter extends BaseExceptionFilter {
  @Inject(MfaErrorFilter) private readonly mfa!: MfaErrorFilter;

  override catch(error: unknown, host: ArgumentsHost): void {
    if (error instanceof MfaError) return this.mfa.catch(error, host);
    super.catch(error, host);
  }
}

@Module({ providers: [MfaErrorFilter, EveryErrorFilter] })
class FilterModule {}

@Controller('shop')
class ShopController {
  @Get('orders')
  orders(): object {
    return { orders: [] };
  }

  @Get('window')
  @Public()
  window(): object {
    return { open: true };
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('the till is stuck');
  }
}

describe.each(PLATFORMS)("an application's own routes on %s", (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('answers 401, not 500, where a route behind the SessionGuard gets no token or a wrong one', async () => {
    booted = await bootApp({ platform });
    const none = await booted.client.get('/app/me');
    expect([none.status, none.body['code']]).toEqual([401, 'not_authenticated']);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="mfa"');
    const wrong = await booted.client.get('/app/me', { token: 'made-up' });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="mfa", error="invalid_token"',
    ]);
  });

  it("lets the application guard everything at once, and mark the module's routes with its own @Public()", async () => {
    booted = await bootApp({
      platform,
      imports: [GuardedModule],
      controllers: [ShopController],
      mfa: { routeDecorators: { public: [Public()], signedIn: [Public()] } },
    });
    expect((await booted.client.get('/shop/orders')).status).toBe(401);
    expect((await booted.client.get('/shop/window')).body).toEqual({ open: true });
    expect((await booted.client.get('/mfa/')).status).toBe(401);
    const token = await booted.client.token('alice');
    expect((await booted.client.get('/shop/orders', { token })).body).toEqual({ orders: [] });
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: false });
  });

  it("leaves the application's own errors to the application's filters", async () => {
    booted = await bootApp({ platform, controllers: [ShopController] });
    const { status, body } = await booted.client.get('/shop/broken');
    expect([status, body]).toEqual([500, { statusCode: 500, message: 'Internal server error' }]);
  });

  it('keeps its answers under a catch-all filter that hands an MfaError on', async () => {
    booted = await bootApp({
      platform,
      imports: [FilterModule],
      setUp: (app) => app.useGlobalFilters(app.get(EveryErrorFilter)),
    });
    const { status, headers } = await booted.client.get('/app/me');
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="mfa"']);
  });
});
