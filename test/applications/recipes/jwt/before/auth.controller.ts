import { Body, Controller, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { type AuthedRequest, AuthGuard } from './auth.guard.js';
import { AuthService } from './auth.service.js';

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  signIn(@Body() { username, password }: Record<string, string>) {
    return this.auth.signIn(username!, password!);
  }

  @Get('profile')
  @UseGuards(AuthGuard)
  profile(@Req() { user }: AuthedRequest) {
    return user;
  }

  @Post('payout')
  @UseGuards(AuthGuard)
  payout(@Req() { user }: AuthedRequest) {
    return { paidTo: user.username };
  }
}
