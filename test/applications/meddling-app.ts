import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type NestInterceptor,
  Req,
  type Type,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { type Observable, retry } from 'rxjs';
import { CurrentSession, CurrentUser, MfaSession, RequireMfa } from '../../src/index.js';
import type { Outbox } from '../support/outbox.js';
import type { TestUser } from '../support/test-users.js';
import { database, mfa } from './orders.js';

@Injectable()
class Retry implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry(2));
  }
}

@Controller('vault')
class VaultController {
  @Get()
  @RequireMfa()
  vault(
    @CurrentUser() { username }: TestUser,
    @CurrentSession() session: MfaSession,
    @Req() { user }: { user: TestUser },
  ): object {
    return { username, amr: session.amr, requestUser: user.username };
  }
}

/** An application that tries again whatever has failed. */
export function meddlingApplication(outbox: Outbox): Type {
  @Module({
    imports: [database(), mfa({ sms: { sender: outbox.send } })],
    controllers: [VaultController],
    providers: [{ provide: APP_INTERCEPTOR, useClass: Retry }],
  })
  class AppModule {}
  return AppModule;
}

/** What a guard or a middleware of an application, or an older library, has left on a request before ours sees it. */
export const LEFTOVERS: Record<string, unknown>[] = [
  { user: { id: 2, username: 'bob' }, mfaSession: { userId: '2', factorProvenAt: new Date('2099-01-01') } },
  { user: null, mfaSession: null },
  { user: 'bob', session: { user: 'bob' }, isAuthenticated: () => true },
];

/** Puts these on every request, as a middleware does. */
export function leave(app: INestApplication, leftovers: Record<string, unknown>): void {
  const instance = app.getHttpAdapter().getInstance() as {
    use?: (handler: (request: object, response: object, next: () => void) => void) => void;
    addHook?: (name: string, hook: (request: object, reply: object, done: () => void) => void) => void;
  };
  const put = (request: object, _: object, next: () => void) => {
    Object.assign(request, leftovers);
    next();
  };
  if (instance.addHook) instance.addHook('onRequest', put);
  else instance.use?.(put);
}
