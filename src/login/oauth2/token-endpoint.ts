import { Injectable } from '@nestjs/common';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Clock, secondsUntil } from '../../core/clock.js';
import { MfaError } from '../../core/mfa-error.js';
import { ClientAddress } from '../../http/client-address.js';
import { SessionOptions } from '../../session/session-options.js';
import { Login } from '../login.js';
import { type TokenRequest, oauthRequest } from './oauth-request.js';
import { OAuthModel } from './oauth-model.js';
import { ChallengeRequiredMessage, passwordGrant } from './password-grant.js';

/** A successful answer of the token endpoint (RFC 6749 §5.1). */
export interface TokenAnswer {
  access_token: string;
  expires_in: number;
  token_type: 'Bearer';
  scope: string;
  refresh_token?: string;
}

/** Answers token requests with the OAuth2 library. Deux: `MFARequestBackend`. */
@Injectable()
export class TokenEndpoint {
  private readonly server: OAuth2Server;

  constructor(
    login: Login,
    model: OAuthModel,
    private readonly addresses: ClientAddress,
    private readonly clock: Clock,
    { accessTokenSeconds, refreshLifetimeSeconds }: SessionOptions,
  ) {
    this.server = new OAuth2Server({
      model: model as unknown as OAuth2Server.PasswordModel &
        OAuth2Server.RefreshTokenModel &
        OAuth2Server.ClientCredentialsModel,
      accessTokenLifetime: accessTokenSeconds,
      refreshTokenLifetime: refreshLifetimeSeconds,
      extendedGrantTypes: { password: passwordGrant(login, model) },
    });
  }

  /** @throws {OAuth2Server.OAuthError | MfaError | ChallengeRequiredMessage} */
  async answer(request: TokenRequest): Promise<TokenAnswer> {
    const token = await this.tokenFor(request);
    return {
      access_token: token.accessToken,
      expires_in: secondsUntil(this.clock.now(), token.accessTokenExpiresAt!),
      token_type: 'Bearer',
      scope: [token.scope ?? []].flat().join(' '),
      ...(token.refreshToken && { refresh_token: token.refreshToken }),
    };
  }

  private async tokenFor(request: TokenRequest): Promise<OAuth2Server.Token> {
    try {
      const asked = oauthRequest(request, this.addresses.of(request));
      const grant = String((asked.body as { grant_type?: string }).grant_type);
      // Whether a client needs its secret is the client's own matter (see OAuthClients), but where the secret is all
      // there is. The library asks by grant, and would call the client wrong where the grant is.
      const requireClientAuthentication = { [grant]: grant === 'client_credentials' };
      return await this.server.token(asked, new OAuth2Server.Response({}), { requireClientAuthentication });
    } catch (error) {
      // The library wraps what it does not know into a 503 with the inner message in it.
      const { inner } = error as { inner?: unknown };
      throw inner instanceof MfaError ||
        inner instanceof ChallengeRequiredMessage ||
        error instanceof OAuth2Server.ServerError
        ? inner
        : error;
    }
  }
}
