import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isHttpException } from '../http/foreign-errors.js';
import { requestOf } from '../http/http-context.js';
import { refusalOf } from '../http/refusal.js';
import { RequestSignIn } from './request-sign-in.js';
import type { TokenRequest } from './token-source.js';

/**
 * Lets a request through if it has a live token of an active user, as `Authorization: Token …` or `Bearer …`, or your own credential if
 * `signedIn` names it. Otherwise it answers 401, or 403 for a client's own token and for a session that must get new recovery codes first. It works over HTTP only: on a GraphQL resolver, gateway
 * or microservice it refuses every call with `http_only`.
 * @example
 * ```ts
 * const SignedIn = () => UseGuards(SessionGuard);
 * ```
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly signIn: RequestSignIn) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf<TokenRequest>(context);
    try {
      await this.signIn.note(request, context);
      return true;
    } catch (error) {
      // Wrapped, so that the application's filters do not log a driver's message, which may contain parameters.
      throw isHttpException(error) ? error : refusalOf(error);
    }
  }
}
