import { HttpCode, Post, Req, Res, type Type } from '@nestjs/common';
import { type AddressedRequest, ClientAddress } from '../../http/client-address.js';
import type { ConnectedRequest } from '../../http/connection.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { TakesBody } from '../../http/own-routes.js';
import { SignedInAnswer } from '../../session/signed-in-answer.js';
import { MfaLogin } from '../mfa-login.js';
import { OpenSession } from '../open-session.js';
import { PasskeyLogin } from './passkey-login.js';
import { callerOf } from '../caller.js';

type PasskeyLoginRequest = AddressedRequest & ConnectedRequest & { body: unknown };

/**
 * `POST /mfa/login/passkey/challenge/` starts a login without a name and a password. `POST /mfa/login/passkey/verify/`
 * takes what the passkey has signed.
 */
export function passkeyLoginController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'login/passkey', 'public')
  class PasskeyLoginController {
    constructor(
      private readonly login: PasskeyLogin,
      private readonly sessions: OpenSession,
      private readonly ownLogin: MfaLogin,
      private readonly addresses: ClientAddress,
      private readonly answer: SignedInAnswer,
    ) {}

    @Post(eitherSlash('challenge'))
    @HttpCode(200)
    async challenge(@Res() response: unknown): Promise<void> {
      this.answer.send(response, await this.login.begin());
    }

    @Post(eitherSlash('verify'))
    @TakesBody()
    @HttpCode(200)
    async verify(@Req() request: PasskeyLoginRequest, @Res() response: unknown): Promise<void> {
      const { attempt, signIn } = await this.login.finish(request.body, callerOf(request, this.addresses));
      const { network, user } = attempt;
      if (this.answer.isOwn) {
        const claims = await this.ownLogin.granted(attempt, signIn);
        return this.answer.sendIssued(user, claims, { request, response });
      }
      const { token } = await this.sessions.for(signIn, undefined, network);
      this.answer.send(response, { token });
    }
  }
  return PasskeyLoginController;
}
