import { Controller, Get, Injectable, Module, Post, Req, type Type, UseGuards } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, type IAuthModuleOptions, PassportModule, PassportStrategy } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ExtractJwt, Strategy as JwtFromRequest } from 'passport-jwt';
import { Strategy as NameAndPassword } from 'passport-local';
import { MfaModule, RequireMfa } from '../../src/index.js';
import { TEST_KEY } from '../support/boot-app.js';
import { TestUsers } from '../support/test-users.js';

const secret = 'a secret that only this application has';

interface Payload {
  sub: number;
  username: string;
}

@Injectable()
class JwtStrategy extends PassportStrategy(JwtFromRequest) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: secret });
  }

  validate({ sub, username }: Payload): object {
    return { id: sub, username };
  }
}

@Injectable()
class LocalStrategy extends PassportStrategy(NameAndPassword) {
  constructor(private readonly users: TestUsers) {
    super();
  }

  validate(username: string, password: string): Promise<object | null> {
    return this.users.authenticate(username, password);
  }
}

@Controller('own')
class OwnController {
  constructor(private readonly jwt: JwtService) {}

  @Post('login')
  @UseGuards(AuthGuard('local'))
  login(@Req() { user }: { user: { id: number; username: string } }): object {
    return { access_token: this.jwt.sign({ sub: user.id, username: user.username }) };
  }

  @Get('profile')
  @UseGuards(AuthGuard())
  profile(@Req() request: Record<string, unknown>): object {
    return { user: request['user'] ?? null };
  }

  @Get('by-jwt')
  @UseGuards(AuthGuard('jwt'))
  byJwt(@Req() request: Record<string, unknown>): object {
    return { user: request['user'] ?? null };
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
export function passportApplication(options: IAuthModuleOptions, { withMfa = true } = {}): Type {
  @Module({
    imports: [PassportModule.register(options), JwtModule.register({ secret, signOptions: { expiresIn: '60s' } })],
    providers: [TestUsers, JwtStrategy, LocalStrategy],
    exports: [TestUsers, PassportModule, JwtModule],
  })
  class AuthModule {}

  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        synchronize: true,
      }),
      AuthModule,
      ...(withMfa ? [MfaModule.forRoot({ imports: [AuthModule], users: TestUsers, keys: [TEST_KEY] })] : []),
    ],
    controllers: [OwnController],
  })
  class AppModule {}
  return AppModule;
}
