import { Controller, Get, HttpCode, Module, Post, Req, type Type, UseGuards } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, type IAuthModuleOptions, PassportModule } from '@nestjs/passport';
import { RequireMfa } from '../../src/index.js';
import { TestUsers } from '../support/test-users.js';
import { JWT_SECRET, JwtStrategy, LocalStrategy } from './documented.js';
import { database, mfa } from './orders.js';

@Controller('own')
class OwnController {
  constructor(private readonly jwt: JwtService) {}

  @Post('login')
  @HttpCode(200)
  @UseGuards(AuthGuard('local'))
  login(@Req() { user }: { user: { id: number; username: string } }): object {
    return { access_token: this.jwt.sign({ sub: user.id, username: user.username }) };
  }

  @Get('vault')
  @RequireMfa()
  vault(): object {
    return { open: true };
  }
}

/**
 * An application as Nest's documentation has it: its `AuthModule` registers passport with options, has a strategy for names
 * and passwords and one for JWT, and exports passport together with the users.
 */
export function passportApplication(options: IAuthModuleOptions): Type {
  @Module({
    imports: [PassportModule.register(options), JwtModule.register({ secret: JWT_SECRET })],
    providers: [TestUsers, JwtStrategy, LocalStrategy],
    exports: [TestUsers, PassportModule, JwtModule],
  })
  class AuthModule {}

  @Module({ imports: [database(), AuthModule, mfa({ imports: [AuthModule] })], controllers: [OwnController] })
  class AppModule {}
  return AppModule;
}
