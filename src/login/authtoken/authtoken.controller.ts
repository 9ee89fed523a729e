import { HttpCode, Post, Put, Req, Res, type Type, UseGuards } from '@nestjs/common';
import type { DirectoryUser } from '../../core/user-directory.js';
import { Answer } from '../../http/answer.js';
import { type AddressedRequest, ClientAddress } from '../../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { Login } from '../login.js';
import { OpenSession } from '../open-session.js';
import { type LoginRequest, readLogin } from './login-body.js';
import { PasswordGuard } from './password.guard.js';

type CheckedRequest = LoginRequest & AddressedRequest & { user: DirectoryUser };

/** `POST` (also `PUT`) `/mfa/authtoken/login/`. Deux: `ObtainMFAAuthToken`. */
export function authTokenController(routes: ModuleRoutes): Type {
  // Above the application's own guards, and so behind them: one that bounds requests must see wrong passwords too.
  @UseGuards(PasswordGuard)
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
    async byPost(@Req() request: CheckedRequest, @Res() response: unknown): Promise<void> {
      const { mfa_code, backup_code } = readLogin(request);
      const address = this.addresses.of(request);
      const outcome = await this.login.decide(request.user, { mfaCode: mfa_code, backupCode: backup_code, address });
      if (outcome.kind === 'challenged') {
        return this.answer.send(response, { mfa_required: true, mfa_type: outcome.challengeType });
      }
      const { token } = await this.sessions.for(outcome.signIn);
      this.answer.send(response, { token });
    }

    @Put(eitherSlash('login'))
    byPut(@Req() request: CheckedRequest, @Res() response: unknown): Promise<void> {
      return this.byPost(request, response);
    }
  }
  return AuthTokenController;
}
