import OAuth2Server from '@node-oauth/oauth2-server';
import { type Clock, secondsUntil } from '../../core/clock.js';
import { MfaError } from '../../core/mfa-error.js';
import type { ClientAddress } from '../../http/client-address.js';
import type { SessionOptions } from '../../session/session-options.js';
import type { Login } from '../login.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import type { OAuthModel } from './oauth-model.js';
import { OAuthRefusal } from './oauth-refusal.js';
import { type TokenParameters, tokenParameters, type TokenRequest } from './oauth-request.js';
import { passwordGrant } from './password-grant.js';
import { type TokenAnswer, TokenEndpoint } from './token-endpoint.js';

/** Answers token requests with the OAuth2 library. Loaded only where the application has this login: the library takes 70 ms. */
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
    const token = await this.tokenFor(tokenParameters(request), this.addresses.of(request));
    return {
      access_token: token.accessToken,
      expires_in: secondsUntil(this.clock.now(), token.accessTokenExpiresAt!),
      token_type: 'Bearer',
      scope: [token.scope ?? []].flat().join(' '),
      ...(token.refreshToken && { refresh_token: token.refreshToken }),
    };
  }

  private async tokenFor(parameters: TokenParameters, address: string | undefined): Promise<OAuth2Server.Token> {
    const grant = String(parameters['grant_type']);
    // Whether a client needs its secret is the client's own matter (see OAuthClients), but where the secret is all
    // there is. The library asks by grant, and would call the client wrong where the grant is.
    const requireClientAuthentication = { [grant]: grant === 'client_credentials' };
    try {
      const response = new OAuth2Server.Response({});
      return await this.server.token(libraryRequest(parameters, address), response, { requireClientAuthentication });
    } catch (error) {
      throw translated(error);
    }
  }
}

function libraryRequest(body: TokenParameters, address: string | undefined): OAuth2Server.Request {
  return new OAuth2Server.Request({
    method: 'POST',
    query: {},
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' },
    body,
    address,
  });
}

// The library wraps what it does not know into a 503 with the inner message in it.
function translated(error: unknown): unknown {
  const { inner } = error as { inner?: unknown };
  if (inner instanceof MfaError || inner instanceof ChallengeRequiredMessage || inner instanceof OAuthRefusal)
    return inner;
  if (error instanceof OAuth2Server.ServerError) return inner;
  if (!(error instanceof OAuth2Server.OAuthError)) return error;
  // RFC 6749 §5.2: 401, however a client tried to authenticate.
  const status = error instanceof OAuth2Server.InvalidClientError ? 401 : error.code;
  return new OAuthRefusal(error.name, error.message, status);
}
