import type { Request } from 'express';
import { promisify } from 'node:util';
import { type MfaClaims, MfaModule, OwnCredential, TotpChallenge } from '../../../../../src/index.js';
import { UsersModule } from './users.module.js';
import { type User, UsersService } from './users.service.js';

class WebSession extends OwnCredential {
  read({ session: { userId, claims } }: Request) {
    return userId ? { userId, claims } : null;
  }

  async issue(user: User, claims: MfaClaims, request: Request) {
    await promisify(request.session.regenerate.bind(request.session))();
    Object.assign(request.session, { userId: user.id, claims });
  }
}

export const mfa = MfaModule.forRoot({
  imports: [UsersModule],
  users: UsersService,
  keys: [process.env['MFA_KEY']],
  challenges: [TotpChallenge],
  totp: { issuer: 'Acme' },
  signedIn: WebSession,
});
