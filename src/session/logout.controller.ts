import { HttpCode, Post, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { Answer } from '../http/answer.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { OpenToRecovery } from './recovery-only.js';
import { SessionGuard } from './session.guard.js';
import { Sessions } from './sessions.js';
import { signedIn, type SignedInRequest } from './signed-in-request.js';

/** `POST /mfa/logout/` ends the session of the request: 204. */
export function logoutController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'logout', 'signedIn')
  @UseGuards(SessionGuard)
  class LogoutController {
    constructor(
      private readonly sessions: Sessions,
      private readonly answer: Answer,
      private readonly addresses: ClientAddress,
    ) {}

    @Post(eitherSlash())
    @OpenToRecovery()
    @HttpCode(204)
    async logout(@Req() request: SignedInRequest & AddressedRequest, @Res() response: unknown): Promise<void> {
      await this.sessions.logOut(signedIn(request).session, this.addresses.networkOf(request));
      this.answer.send(response, undefined, 204);
    }
  }
  return LogoutController;
}
