import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { CurrentUser, minutes, RequireMfa, SessionGuard } from 'nestjs-mfa';
import type { User } from './users/user.entity.js';

/** One route of each kind: open, for signed-in users, and with a recent second factor. */
@Controller()
export class AppController {
  @Get('hello')
  hello(): object {
    return { hello: 'world' };
  }

  @Get('me')
  @UseGuards(SessionGuard)
  me(@CurrentUser() { username }: User): object {
    return { username };
  }

  @Post('payout')
  @RequireMfa({ maxAge: minutes(5) })
  payout(@CurrentUser() { username }: User): object {
    return { paid: true, to: username };
  }
}
