import { Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { UsersService } from './users.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly jwt: JwtService,
  ) {}

  async signIn(username: string, password: string) {
    const user = await this.users.findByUsername(username);
    if (!user || !(await this.users.verifyPassword(user.passwordHash, password))) throw new UnauthorizedException();
    const payload = { sub: user.id, username: user.username };
    return { access_token: await this.jwt.signAsync(payload) };
  }
}
