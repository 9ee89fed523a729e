import { HttpCode, Post, Req, Res, type Type, UseFilters } from '@nestjs/common';
import { Answer } from '../../http/answer.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { ClientAuthentication } from './client-authentication.js';
import { OAuthExceptionFilter } from './oauth-exception.filter.js';
import type { TokenRequest } from './oauth-request.js';
import { TokenEndpoint } from './token-endpoint.js';

/** `POST /mfa/oauth2/token/`. Deux: `MFATokenView`. */
export function tokenController(routes: ModuleRoutes): Type {
  // Above the decorator whose filter it replaces.
  @UseFilters(OAuthExceptionFilter)
  @ModuleController(routes, 'oauth2', 'public')
  class TokenController {
    constructor(
      private readonly clients: ClientAuthentication,
      private readonly endpoint: TokenEndpoint,
      private readonly answer: Answer,
    ) {}

    @Post(eitherSlash('token'))
    @HttpCode(200)
    async token(@Req() request: TokenRequest, @Res() response: unknown): Promise<void> {
      const client = await this.clients.of(request);
      this.answer.send(response, await this.endpoint.answer(request, client));
    }
  }
  return TokenController;
}
