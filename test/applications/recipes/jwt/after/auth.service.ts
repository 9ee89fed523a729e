import { Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { type LoginRequest, MfaLogin } from '../../../../../src/index.js';
import { UsersService } from './users.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly jwt: JwtService,
    private readonly mfa: MfaLogin,
  ) {}

  async signIn(username: string, password: string, request: LoginRequest) {
    const user = await this.users.findByUsername(username);
    if (!user || !(await this.users.verifyPassword(user.passwordHash, password))) throw new UnauthorizedException();
    const login = await this.mfa.begin(user, request);
    if (login.required) return login.answer;
    const payload = { sub: user.id, username: user.username, ...login.claims };
    return { access_token: await this.jwt.signAsync(payload) };
  }
}
