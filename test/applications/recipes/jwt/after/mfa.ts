import { JwtService } from '@nestjs/jwt';
import { jwtCredential, MfaModule, TotpChallenge } from '../../../../../src/index.js';
import { UsersModule } from './users.module.js';
import { type User, UsersService } from './users.service.js';

export const mfa = MfaModule.forRoot({
  imports: [UsersModule],
  users: UsersService,
  keys: [process.env['MFA_KEY']],
  challenges: [TotpChallenge],
  totp: { issuer: 'Acme' },
  signedIn: jwtCredential(JwtService, ({ id, username }: User) => ({ sub: id, username })),
});
