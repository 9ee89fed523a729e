import { HttpCode, Post, Req, Res, type Type, UseFilters } from '@nestjs/common';
import { Answer } from '../../http/answer.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { TakesBody } from '../../http/own-routes.js';
import { ClientTokens } from '../../session/client-tokens.js';
import { challengeAnswer } from './challenge-answer.js';
import { ClientAuthentication } from './client-authentication.js';
import { OAuthExceptionFilter } from './oauth-exception.filter.js';
import { revokedToken, type TokenRequest } from './oauth-request.js';
import { OAuth2Options } from './oauth2-options.js';
import { TokenEndpoint } from './token-endpoint.js';

/**
 * `POST /mfa/oauth2/token/` (Deux: `MFATokenView`), and `POST /mfa/oauth2/revoke_token/` (RFC 7009), which ends a session by one of
 * its tokens: the path that clients of django-oauth-toolkit call.
 */
export function tokenController(routes: ModuleRoutes): Type {
  // Above the decorator whose filter it replaces.
  @UseFilters(OAuthExceptionFilter)
  @ModuleController(routes, 'oauth2', 'public')
  class TokenController {
    constructor(
      private readonly clients: ClientAuthentication,
      private readonly endpoint: TokenEndpoint,
      private readonly tokens: ClientTokens,
      private readonly answer: Answer,
      private readonly options: OAuth2Options,
    ) {}

    @Post(eitherSlash('token'))
    @TakesBody()
    @HttpCode(200)
    async token(@Req() request: TokenRequest, @Res() response: unknown): Promise<void> {
      const client = await this.clients.of(request);
      const answer = this.endpoint.answer(request, client);
      this.answer.send(response, await answer.catch((error: unknown) => challengeAnswer(error, this.options)));
    }

    @Post(eitherSlash('revoke_token'))
    @TakesBody()
    @HttpCode(200)
    async revoke(@Req() request: TokenRequest, @Res() response: unknown): Promise<void> {
      const { client } = await this.clients.of(request);
      await this.tokens.revoke(revokedToken(request), client.id);
      // RFC 7009 §2.2: clients ignore the body, but some cannot read an answer that is not JSON.
      this.answer.send(response, {});
    }
  }
  return TokenController;
}
