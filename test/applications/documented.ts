/* oxlint-disable promise/valid-params, promise/no-promise-in-callback -- an ExceptionFilter's method is named `catch` */
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  HttpException,
  Injectable,
  Post,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { BaseExceptionFilter, Reflector } from '@nestjs/core';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy as JwtFromRequest } from 'passport-jwt';
import { Strategy as NameAndPassword } from 'passport-local';
import { CurrentUser, RequireMfa } from '../../src/index.js';
import type { Outbox } from '../support/outbox.js';
import { type TestUser, TestUsers } from '../support/test-users.js';
import { mfa } from './orders.js';

export const JWT_SECRET = 'a secret that only this application has';

/** As Nest's page on authentication has it. */
export const Public = () => SetMetadata('isPublic', true);

interface Payload {
  sub: number;
  username: string;
}

@Injectable()
export class JwtStrategy extends PassportStrategy(JwtFromRequest) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: JWT_SECRET });
  }

  validate({ sub, username }: Payload): object {
    return { userId: sub, username };
  }
}

@Injectable()
export class LocalStrategy extends PassportStrategy(NameAndPassword) {
  constructor(private readonly users: TestUsers) {
    super();
  }

  validate(username: string, password: string): Promise<object | null> {
    return this.users.authenticate(username, password);
  }
}

/** The global guard: every handler that is not public requires a JWT, including resolvers. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override canActivate(
    context: ExecutionContext,
  ): ReturnType<InstanceType<ReturnType<typeof AuthGuard>>['canActivate']> {
    const places = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean>('isPublic', places) || super.canActivate(context);
  }

  // What GqlExecutionContext does: the third argument of a resolver is its context.
  override getRequest(context: ExecutionContext): unknown {
    if (context.getType<string>() !== 'graphql') return context.switchToHttp().getRequest();
    return context.getArgByIndex<{ req: unknown }>(2).req;
  }
}

/** What was sent to a service that tracks errors. */
@Injectable()
export class Tracked {
  readonly errors: string[] = [];
}

/** As Sentry's global filter: it notes what nobody expected, and leaves everything else to Nest. */
@Catch()
export class TrackingFilter extends BaseExceptionFilter {
  constructor(private readonly tracked: Tracked) {
    super();
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    if (!(error instanceof HttpException)) this.tracked.errors.push(String(error));
    if (host.getType<string>() === 'graphql') throw error;
    super.catch(error, host);
  }
}

/** A route that such an application puts behind the module. */
@Controller('payout')
@Public()
export class PayoutController {
  @Post()
  @RequireMfa()
  payout(@CurrentUser() { username }: TestUser): object {
    return { paidTo: username };
  }
}

/** The module as such an application adopts it: with its own mark on the module's routes, as its guard stands before all. */
export function adoptedMfa(users: Type, outbox: Outbox): DynamicModule {
  const routeDecorators = { public: [Public()], signedIn: [Public()] };
  return mfa({ imports: [users], sms: { sender: outbox.send }, routeDecorators });
}
