import type { Type } from '@nestjs/common';
import { challengeController } from './enrolment/challenge.controller.js';
import { factorsController } from './enrolment/factors.controller.js';
import { newFactorController } from './enrolment/new-factor.controller.js';
import { statusController } from './enrolment/status.controller.js';
import { pendingLoginController } from './login/pending/pending-login.controller.js';
import { passkeyLoginController } from './login/passkey/passkey-login.controller.js';
import { authTokenController } from './login/authtoken/authtoken.controller.js';
import { tokenController } from './login/oauth2/token.controller.js';
import { logoutController } from './session/logout.controller.js';
import { stepUpController } from './step-up/step-up.controller.js';
import type { Structure } from './mfa.options.js';

/** Returns every controller of the module. */
export function controllersOf({ path, routeDecorators, challenges, logins, signedIn }: Structure): Type[] {
  const routes = { path, decorators: routeDecorators };
  // Servers try routes in this order: those that are asked for most come first.
  return [
    ...(logins.includes('authtoken') ? [authTokenController(routes)] : []),
    ...(logins.includes('oauth2') ? [tokenController(routes)] : []),
    pendingLoginController(routes),
    ...(logins.includes('passkey') ? [passkeyLoginController(routes)] : []),
    stepUpController(routes),
    statusController(routes),
    // The application ends its own credentials.
    ...(signedIn ? [] : [logoutController(routes)]),
    factorsController(routes),
    newFactorController(routes),
    ...challenges.map((challenge) => challengeController(routes, challenge)),
  ];
}
