import { HttpCode, Post, Res, type Type, UseGuards } from '@nestjs/common';
import { Answer } from '../http/answer.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { CurrentSession } from './current-user.decorator.js';
import { SessionGuard } from './session.guard.js';
import { Sessions } from './sessions.js';

/** `POST /mfa/logout/` ends the session of the request: 204. */
export function logoutController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'logout', 'signedIn')
  @UseGuards(SessionGuard)
  class LogoutController {
    constructor(
      private readonly sessions: Sessions,
      private readonly answer: Answer,
    ) {}

    @Post(eitherSlash())
    @HttpCode(204)
    async logout(@CurrentSession() session: MfaSession, @Res() response: unknown): Promise<void> {
      await this.sessions.end(session.id);
      this.answer.send(response, undefined, 204);
    }
  }
  return LogoutController;
}
