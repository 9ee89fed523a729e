import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import session from 'express-session';
import { database } from '../../../orders.js';
import { AuthController } from './auth.controller.js';
import { UsersModule } from './users.module.js';

@Module({ imports: [database(), UsersModule], controllers: [AuthController] })
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const cookie = { httpOnly: true, sameSite: 'lax' } as const;
    const options = { secret: 'a secret of this application', resave: false, saveUninitialized: false, cookie };
    consumer.apply(session(options)).forRoutes('{*path}');
  }
}
