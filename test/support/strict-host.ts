/* oxlint-disable promise/valid-params -- an ExceptionFilter's method is named `catch` */
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  type INestApplication,
  type NestInterceptor,
  Post,
  SetMetadata,
  UseGuards,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { IsInt } from 'class-validator';
import { map, type Observable, of, tap } from 'rxjs';
import { CurrentUser, SessionGuard } from '../../src/index.js';
import { bootApp, type BootedApp, type BootOptions } from './boot-app.js';
import { Client } from './client.js';
import type { TestUser } from './test-users.js';

/** The application's own mark for routes that its guard leaves alone. */
export const Public = () => SetMetadata('strict-host:public', true);

class NobodyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean | undefined>('strict-host:public', places) ?? false;
  }
}

class WrapInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

/** As `@nestjs/cache-manager`'s does, for every GET by its URL, whoever asks. */
class CacheInterceptor implements NestInterceptor {
  private readonly kept = new Map<string, unknown>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, url } = context.switchToHttp().getRequest<{ method: string; url: string }>();
    const known = this.kept.get(url);
    if (method !== 'GET') return next.handle();
    return known !== undefined ? of(known) : next.handle().pipe(tap((answer) => this.kept.set(url, answer)));
  }
}

@Catch()
class OopsFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { oops: status }, status);
  }
}

class Order {
  @IsInt() amount!: number;
}

@Controller('orders')
@Public()
export class OrdersController {
  private asked = 0;

  @Get()
  count(): object {
    return { asked: ++this.asked };
  }

  @Get('mine')
  @UseGuards(SessionGuard)
  mine(@CurrentUser() { username }: TestUser): object {
    return { username };
  }

  @Post()
  order(@Body() { amount }: Order): object {
    return { amount };
  }
}

@Controller('secret')
export class SecretController {
  @Get()
  secret(): object {
    return { secret: true };
  }
}

function setUp(app: INestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalGuards(new NobodyGuard(app.get(Reflector)));
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validateCustomDecorators: true,
      transformOptions: { enableImplicitConversion: true },
    }),
  );
  app.useGlobalInterceptors(new CacheInterceptor(), new WrapInterceptor());
  app.useGlobalFilters(new OopsFilter(app.get(HttpAdapterHost)));
}

/** An application that has an opinion on everything, with the module as a guest in it. Its client starts at `/api`. */
export async function bootStrictHost({
  platform,
  mfa,
}: Pick<BootOptions, 'platform' | 'mfa'> = {}): Promise<BootedApp> {
  const booted = await bootApp({
    platform,
    controllers: [OrdersController, SecretController],
    mfa: { routeDecorators: { public: [Public()], signedIn: [Public()] }, ...mfa },
    setUp,
  });
  return { ...booted, client: new Client(`${booted.client.origin}/api`) };
}
