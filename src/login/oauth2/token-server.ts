import OAuth2Server from '@node-oauth/oauth2-server';
import { type Clock, secondsUntil } from '../../core/clock.js';
import { MfaError } from '../../core/mfa-error.js';
import type { ClientAddress } from '../../http/client-address.js';
import { connectionOf } from '../../http/connection.js';
import type { SessionOptions } from '../../session/session-options.js';
import type { Login } from '../login.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import type { OAuthModel } from './oauth-model.js';
import { OAuthRefusal } from './oauth-refusal.js';
import { type TokenParameters, tokenParameters, type TokenRequest } from './oauth-request.js';
import { passwordGrant, type TokenCaller } from './password-grant.js';
import { type TokenAnswer, TokenEndpoint } from './token-endpoint.js';

/** Answers token requests with the OAuth2 library. Loaded only if the application has this login: the library takes 70 ms. */
export class TokenServer extends TokenEndpoint {
  private readonly server: OAuth2Server;

  constructor(
    login: Login,
    model: OAuthModel,
    private readonly addresses: ClientAddress,
    private readonly clock: Clock,
    { accessTokenSeconds, refreshLifetimeSeconds }: SessionOptions,
  ) {
    super();
    this.server = new OAuth2Server({
      model: model as unknown as OAuth2Server.PasswordModel &
        OAuth2Server.RefreshTokenModel &
        OAuth2Server.ClientCredentialsModel,
      accessTokenLifetime: accessTokenSeconds,
      refreshTokenLifetime: refreshLifetimeSeconds,
      extendedGrantTypes: { password: passwordGrant(login, model) },
    });
  }

  async answer(request: TokenRequest): Promise<TokenAnswer> {
    const token = await this.tokenFor(tokenParameters(request), {
      address: this.addresses.of(request),
      signal: connectionOf(request),
    });
    return {
      access_token: token.accessToken,
      expires_in: secondsUntil(this.clock.now(), token.accessTokenExpiresAt!),
      token_type: 'Bearer',
      scope: [token.scope ?? []].flat().join(' '),
      ...(token.refreshToken && { refresh_token: token.refreshToken }),
    };
  }

  private async tokenFor(parameters: TokenParameters, caller: TokenCaller): Promise<OAuth2Server.Token> {
    const grant = String(parameters['grant_type']);
    // OAuthClients decides whether a client needs its secret. Only client_credentials always need one. The library asks by grant,
    // and would otherwise blame the client for a wrong grant.
    const requireClientAuthentication = { [grant]: grant === 'client_credentials' };
    try {
      const response = new OAuth2Server.Response({});
      return await this.server.token(libraryRequest(parameters, caller), response, { requireClientAuthentication });
    } catch (error) {
      throw translated(error);
    }
  }
}

function libraryRequest(body: TokenParameters, caller: TokenCaller): OAuth2Server.Request {
  return new OAuth2Server.Request({
    method: 'POST',
    query: {},
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' },
    body,
    caller,
  });
}

// The library wraps unknown errors into a 503 that has the inner message.
function translated(error: unknown): unknown {
  const { inner } = error as { inner?: unknown };
  if (inner instanceof MfaError || inner instanceof ChallengeRequiredMessage || inner instanceof OAuthRefusal)
    return inner;
  if (error instanceof OAuth2Server.ServerError) return inner;
  if (!(error instanceof OAuth2Server.OAuthError)) return error;
  // RFC 6749 §5.2 allows 401 for each way of client authentication.
  const status = error instanceof OAuth2Server.InvalidClientError ? 401 : error.code;
  return new OAuthRefusal(error.name, error.message, status);
}
