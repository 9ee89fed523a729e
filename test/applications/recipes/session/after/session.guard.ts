import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import type { MfaClaims } from '../../../../../src/index.js';

declare module 'express-session' {
  interface SessionData {
    userId: number;
    mfaClaims: MfaClaims;
  }
}

@Injectable()
export class LoggedInGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { session } = context.switchToHttp().getRequest<Request>();
    if (!session.userId) throw new UnauthorizedException();
    return true;
  }
}
