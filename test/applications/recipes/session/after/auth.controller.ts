import { Body, Controller, Get, HttpCode, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { promisify } from 'node:util';
import { MfaLogin, RequireMfa } from '../../../../../src/index.js';
import { LoggedInGuard } from './session.guard.js';
import { UsersService } from './users.service.js';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly users: UsersService,
    private readonly mfa: MfaLogin,
  ) {}

  @Post('login')
  @HttpCode(200)
  async signIn(@Body() { username, password }: Record<string, string>, @Req() request: Request) {
    const user = await this.users.findByUsername(username!);
    if (!user || !(await this.users.verifyPassword(user.passwordHash, password!))) throw new UnauthorizedException();
    const login = await this.mfa.begin(user, request);
    if (login.required) return login.answer;
    await promisify(request.session.regenerate.bind(request.session))();
    request.session.userId = user.id;
    request.session.mfaClaims = login.claims;
    return { username: user.username };
  }

  @Get('profile')
  @UseGuards(LoggedInGuard)
  async profile(@Req() { session }: Request) {
    const { id, username } = (await this.users.findById(String(session.userId)))!;
    return { id, username };
  }

  @Post('payout')
  @UseGuards(LoggedInGuard)
  @RequireMfa()
  payout(@Req() { session }: Request) {
    return { paidTo: session.userId };
  }
}
