import { HttpCode, Post, Put, Req, Res, type Type } from '@nestjs/common';
import { Answer } from '../../http/answer.js';
import { type AddressedRequest, ClientAddress } from '../../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { TakesBody } from '../../http/own-routes.js';
import type { ConnectedRequest } from '../../http/connection.js';
import { Login } from '../login.js';
import { OpenSession } from '../open-session.js';
import { signInBody } from '../sign-in-body.js';
import { type LoginRequest, readLogin } from './login-body.js';
import { callerOf } from '../caller.js';

type AuthTokenRequest = LoginRequest & AddressedRequest & ConnectedRequest;

/**
 * `POST` (also `PUT`) `/mfa/authtoken/login/`. Deux: `ObtainMFAAuthToken`. The handler checks the password, and no guard does, so
 * the application's own guards, e.g. a rate limiter, run first.
 */
export function authTokenController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'authtoken', 'public')
  class AuthTokenController {
    constructor(
      private readonly login: Login,
      private readonly sessions: OpenSession,
      private readonly addresses: ClientAddress,
      private readonly answer: Answer,
    ) {}

    @Post(eitherSlash('login'))
    @TakesBody()
    @HttpCode(200)
    async byPost(@Req() request: AuthTokenRequest, @Res() response: unknown): Promise<void> {
      const body = readLogin(request);
      const attempt = await this.login.authenticate(Object.assign(body, callerOf(request, this.addresses)));
      const outcome = await this.sessions.signIn(attempt, { mfaCode: body.mfa_code, backupCode: body.backup_code });
      this.answer.send(response, signInBody(outcome));
    }

    @Put(eitherSlash('login'))
    @TakesBody()
    byPut(@Req() request: AuthTokenRequest, @Res() response: unknown): Promise<void> {
      return this.byPost(request, response);
    }
  }
  return AuthTokenController;
}
