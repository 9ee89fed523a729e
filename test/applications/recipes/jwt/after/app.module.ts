import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { database } from '../../../orders.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { mfa } from './mfa.js';
import { UsersModule } from './users.module.js';

@Module({
  imports: [
    database(),
    UsersModule,
    mfa,
    JwtModule.register({ global: true, secret: 'a secret of this application', signOptions: { expiresIn: '15m' } }),
  ],
  controllers: [AuthController],
  providers: [AuthService],
})
export class AppModule {}
