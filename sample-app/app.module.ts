import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EmailChallenge, MfaModule, SmsChallenge, TotpChallenge, WebAuthnChallenge } from 'nestjs-mfa';
import { AppController } from './app.controller.js';
import { database } from './database.js';
import { email, sms } from './delivery.js';
import { Demo } from './demo.js';
import { InboxModule } from './inbox/inbox.module.js';
import { mfaKey } from './mfa-key.js';
import { PageController } from './page.controller.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { pageUrl } from './surroundings.js';
import { UserMfa } from './user-mfa.entity.js';
import { UsersModule } from './users/users.module.js';
import { UsersService } from './users/users.service.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(database),
    UsersModule,
    SessionsModule,
    InboxModule,
    MfaModule.forRoot({
      imports: [UsersModule, InboxModule],
      users: UsersService,
      entity: UserMfa,
      keys: [mfaKey()],
      challenges: [TotpChallenge, WebAuthnChallenge, SmsChallenge, EmailChallenge],
      logins: ['authtoken', 'oauth2', 'passkey'],
      totp: { issuer: 'nestjs-mfa sample' },
      webauthn: { rpId: pageUrl.hostname, rpName: 'nestjs-mfa sample', origins: [pageUrl.origin] },
      sms,
      email,
      // Ten codes, and MFA stays on when one is used.
      backupCodes: { count: 10, onUse: 'keep' },
      // Removes old sessions and limits.
      upkeep: { everySeconds: 3600 },
    }),
  ],
  controllers: [AppController, PageController],
  providers: [Demo],
})
export class AppModule {}
