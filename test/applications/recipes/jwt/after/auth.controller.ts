import { Body, Controller, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { type LoginRequest, RequireMfa } from '../../../../../src/index.js';
import { type AuthedRequest, AuthGuard } from './auth.guard.js';
import { AuthService } from './auth.service.js';

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  signIn(@Body() { username, password }: Record<string, string>, @Req() request: LoginRequest) {
    return this.auth.signIn(username!, password!, request);
  }

  @Get('profile')
  @UseGuards(AuthGuard)
  profile(@Req() { user }: AuthedRequest) {
    return user;
  }

  @Post('payout')
  @UseGuards(AuthGuard)
  @RequireMfa()
  payout(@Req() { user }: AuthedRequest) {
    return { paidTo: user.username };
  }
}
