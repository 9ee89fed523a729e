import type { Provider } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { ClientAddress } from '../../http/client-address.js';
import { SessionOptions } from '../../session/session-options.js';
import { Login } from '../login.js';
import { ClientAuthentication } from './client-authentication.js';
import { OAuthModel } from './oauth-model.js';
import { TokenEndpoint } from './token-endpoint.js';

/** Returns the providers that answer token requests. They load the OAuth2 library at start. */
export function oauthProviders(): Provider[] {
  return [
    ClientAuthentication,
    OAuthModel,
    {
      provide: TokenEndpoint,
      inject: [Login, OAuthModel, ClientAddress, Clock, SessionOptions],
      useFactory: async (...parts: [Login, OAuthModel, ClientAddress, Clock, SessionOptions]) => {
        const { TokenServer } = await import('./token-server.js');
        return new TokenServer(...parts);
      },
    },
  ];
}
