import type { Provider } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { ClientAddress } from '../../http/client-address.js';
import { SessionOptions } from '../../session/session-options.js';
import { Login } from '../login.js';
import { OAuthModel } from './oauth-model.js';
import { TokenEndpoint } from './token-endpoint.js';

/** What answers token requests, and loads the OAuth2 library for it at start. */
export function oauthProviders(): Provider[] {
  return [
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
