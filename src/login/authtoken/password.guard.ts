import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { MfaError } from '../../core/mfa-error.js';
import { type LoginRequest, readLogin } from './login-body.js';
import { PasswordStrategy } from './password.strategy.js';

/** Lets a request through whose name and password are right. */
@Injectable()
export class PasswordGuard extends AuthGuard() {
  constructor(strategy: PasswordStrategy) {
    super({ defaultStrategy: strategy.name, session: false });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    // Before passport sees it: passport-local takes numbers and `true` for a password, and reads the query as well.
    readLogin(context.switchToHttp().getRequest<LoginRequest>());
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<User>(error: unknown, user: User | false): User {
    if (error) throw error as Error;
    if (!user) throw new MfaError('invalid_credentials');
    return user;
  }
}
