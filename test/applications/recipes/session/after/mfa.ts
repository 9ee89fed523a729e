import { MfaModule, sessionCredential, TotpChallenge } from '../../../../../src/index.js';
import { UsersModule } from './users.module.js';
import { UsersService } from './users.service.js';

export const mfa = MfaModule.forRoot({
  imports: [UsersModule],
  users: UsersService,
  keys: [process.env['MFA_KEY']],
  challenges: [TotpChallenge],
  totp: { issuer: 'Acme' },
  signedIn: sessionCredential('userId'),
});
