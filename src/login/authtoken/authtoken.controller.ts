import { HttpCode, Post, Put, Req, Res, type Type } from '@nestjs/common';
import { Answer } from '../../http/answer.js';
import { type AddressedRequest, ClientAddress } from '../../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { Login } from '../login.js';
import { OpenSession } from '../open-session.js';
import { type LoginRequest, readLogin } from './login-body.js';

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
    @HttpCode(200)
    async byPost(@Req() request: LoginRequest & AddressedRequest, @Res() response: unknown): Promise<void> {
      const { username, password, mfa_code, backup_code } = readLogin(request);
      const attempt = await this.login.authenticate({ username, password, address: this.addresses.of(request) });
      const outcome = await this.login.decide(attempt, { mfaCode: mfa_code, backupCode: backup_code });
      if (outcome.kind === 'challenged') {
        return this.answer.send(response, { mfa_required: true, mfa_type: outcome.challengeType });
      }
      const { token } = await this.sessions.for(outcome.signIn);
      this.answer.send(response, { token });
    }

    @Put(eitherSlash('login'))
    byPut(@Req() request: LoginRequest & AddressedRequest, @Res() response: unknown): Promise<void> {
      return this.byPost(request, response);
    }
  }
  return AuthTokenController;
}
