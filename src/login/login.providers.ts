import type { Provider } from '@nestjs/common';
import { FirstHalf } from './first-half.js';
import { GivenProofs } from './given-proofs.js';
import { Login } from './login.js';
import { MfaLogin } from './mfa-login.js';
import { ClientSecrets } from './oauth2/client-secrets.js';
import { OAuthClients } from './oauth2/oauth-clients.js';
import { OpenSession } from './open-session.js';
import { PendingLogins } from './pending-logins.js';
import { RecoveryLogin } from './recovery-login.js';
import { SecondFactors } from './second-factors.js';

/** The providers that decide on a login, and keep the OAuth2 clients, from the ground up. */
export const LOGIN_PROVIDERS: Provider[] = [
  PendingLogins,
  GivenProofs,
  RecoveryLogin,
  SecondFactors,
  FirstHalf,
  Login,
  OpenSession,
  MfaLogin,
  ClientSecrets,
  OAuthClients,
];
