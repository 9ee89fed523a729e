import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MfaModule } from 'nestjs-mfa';
import { AppController } from './app.controller.js';
import { database } from './database.js';
import { Demo } from './demo.js';
import { mfaKey } from './mfa-key.js';
import { UserMfa } from './user-mfa.entity.js';
import { UsersModule } from './users/users.module.js';
import { UsersService } from './users/users.service.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(database),
    UsersModule,
    MfaModule.forRoot({
      imports: [UsersModule],
      users: UsersService,
      entity: UserMfa,
      keys: [mfaKey()],
      // Without these three, codes go to the log, and production refuses to start.
      sms: {
        twilio: {
          accountSid: process.env['TWILIO_ACCOUNT_SID'],
          authToken: process.env['TWILIO_AUTH_TOKEN'],
          from: process.env['TWILIO_PHONE_NUMBER'],
        },
        // The countries of your users: you pay for messages, and some countries cost many times as much.
        allowedCountries: ['US'],
      },
      // Removes old sessions and limits.
      upkeep: { everySeconds: 3600 },
    }),
  ],
  controllers: [AppController],
  providers: [Demo],
})
export class AppModule {}
