import OAuth2Server from '@node-oauth/oauth2-server';
import { type Clock, secondsUntil } from '../../core/clock.js';
import { MfaError } from '../../core/mfa-error.js';
import type { ClientAddress } from '../../http/client-address.js';
import { connectionOf } from '../../http/connection.js';
import { networkOf } from '../../http/network.js';
import type { SessionOptions } from '../../session/session-options.js';
import type { Login } from '../login.js';
import { remainingCodes } from '../remaining-codes.js';
import { ChallengeRequiredMessage } from './challenge-required-message.js';
import type { AuthenticatedClient } from './client-authentication.js';
import type { OAuthModel, TokenSubject } from './oauth-model.js';
import { OAuthRefusal } from './oauth-refusal.js';
import { type TokenParameters, tokenParameters, type TokenRequest } from './oauth-request.js';
import { mfaGrant } from './mfa-grant.js';
import { MFA_GRANTS } from './mfa-grant-types.js';
import { passwordGrant, type TokenCaller } from './password-grant.js';
import { type TokenAnswer, TokenEndpoint } from './token-endpoint.js';

type LibraryModel = OAuth2Server.PasswordModel & OAuth2Server.RefreshTokenModel & OAuth2Server.ClientCredentialsModel;

/** Answers token requests with the OAuth2 library. Loaded only if the application has this login: the library takes 70 ms. */
export class TokenServer extends TokenEndpoint {
  private readonly options: Omit<OAuth2Server.ServerOptions, 'model'>;

  constructor(
    login: Login,
    private readonly model: OAuthModel,
    private readonly addresses: ClientAddress,
    private readonly clock: Clock,
    { accessTokenSeconds, refreshLifetimeSeconds }: SessionOptions,
  ) {
    super();
    this.options = {
      accessTokenLifetime: accessTokenSeconds,
      refreshTokenLifetime: refreshLifetimeSeconds,
      extendedGrantTypes: {
        password: passwordGrant(login, model),
        ...Object.fromEntries(Object.keys(MFA_GRANTS).map((type) => [type, mfaGrant(login, model, type)])),
      },
    };
  }

  async answer(request: TokenRequest, client: AuthenticatedClient): Promise<TokenAnswer> {
    const token = await this.tokenFor(client, tokenParameters(request), {
      address: this.addresses.of(request),
      signal: connectionOf(request),
    });
    const subject = token.user as TokenSubject;
    return {
      access_token: token.accessToken,
      expires_in: secondsUntil(this.clock.now(), token.accessTokenExpiresAt!),
      token_type: 'Bearer',
      scope: [token.scope ?? []].flat().join(' '),
      ...(token.refreshToken && { refresh_token: token.refreshToken }),
      ...(subject.kind === 'login' && remainingCodes(subject.recoveryCodesRemaining)),
    };
  }

  private async tokenFor(
    { client, secret }: AuthenticatedClient,
    parameters: TokenParameters,
    caller: TokenCaller,
  ): Promise<OAuth2Server.Token> {
    const body = { ...parameters, client_id: client.id, client_secret: secret };
    const grant = String(parameters['grant_type']);
    // Only client_credentials need a secret of every client. The library asks by grant, and would otherwise blame the client for
    // a wrong grant.
    const requireClientAuthentication = { [grant]: grant === 'client_credentials' };
    const model = this.model.of(client, networkOf(caller.address)) as unknown as LibraryModel;
    const server = new OAuth2Server({ ...this.options, model });
    try {
      const response = new OAuth2Server.Response({});
      return await server.token(libraryRequest(body, caller), response, { requireClientAuthentication });
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
