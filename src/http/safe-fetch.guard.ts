import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';

interface FetchRequest {
  method: string;
  headers: Record<string, string | string[] | undefined>;
}

/**
 * Guards a `GET` that changes something. Three requests must not renew a user's backup code: `HEAD`, which servers answer with
 * the same handler, a browser's prefetch, and a cross-site request (Fetch Metadata: `Sec-Fetch-Site`, `Sec-Purpose`).
 */
@Injectable()
export class SafeFetchGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<FetchRequest>();
    if (method !== 'GET') throw new MfaError('method_not_allowed', { allow: 'GET' });
    const purpose = [headers['sec-purpose'], headers['purpose'], headers['x-moz']].flat().join(' ');
    if (headers['sec-fetch-site'] === 'cross-site' || /prefetch|prerender/i.test(purpose))
      throw new MfaError('cross_site');
    return true;
  }
}
