/* oxlint-disable promise/valid-params -- an ExceptionFilter's method is named `catch` */
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpCode,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Req,
  type Type,
  UseFilters,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule } from '@nestjs/passport';
import { IsInt, IsString } from 'class-validator';
import type { Outbox } from '../support/outbox.js';
import { TestUsers, type TestUser } from '../support/test-users.js';
import {
  JWT_SECRET,
  JwtAuthGuard,
  JwtStrategy,
  LocalStrategy,
  Public,
  Tracked,
  TrackingFilter,
  adoptedMfa,
  PayoutController,
} from './documented.js';
import { database } from './orders.js';

class CreateCat {
  @IsString() name!: string;
  @IsInt() age!: number;
}

class Teapot extends Error {}

@Catch(Teapot)
class TeapotFilter implements ExceptionFilter<Teapot> {
  catch({ message }: Teapot, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: object): void } }>();
    response.status(418).send({ teapot: message });
  }
}

@Controller('auth')
class AuthController {
  constructor(private readonly jwt: JwtService) {}

  @Public()
  @UseGuards(AuthGuard('local'))
  @HttpCode(200)
  @Post('login')
  login(@Req() { user }: { user: TestUser }): object {
    return { access_token: this.jwt.sign({ sub: user.id, username: user.username }, { noTimestamp: true }) };
  }

  @Get('profile')
  profile(@Req() { user }: { user: object }): object {
    return user;
  }
}

@Controller('cats')
class CatsController {
  @Public()
  @Get()
  all(): object[] {
    return [{ name: 'Umi' }];
  }

  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number): never {
    throw new NotFoundException(`No cat ${id}`);
  }

  @Post()
  create(@Body() cat: CreateCat): CreateCat {
    return cat;
  }

  @Post('broken')
  broken(): never {
    throw new TypeError('the cat is out');
  }

  @Post('teapot')
  @UseFilters(TeapotFilter)
  teapot(): never {
    throw new Teapot('short and stout');
  }
}

@Module({
  imports: [
    PassportModule.register({ defaultStrategy: 'jwt' }),
    JwtModule.register({ global: true, secret: JWT_SECRET }),
  ],
  controllers: [AuthController],
  providers: [TestUsers, LocalStrategy, JwtStrategy],
  exports: [TestUsers, PassportModule],
})
class AuthModule {}

/** A REST API with passport, as Nest's documentation has it, before or after it has adopted the module. */
export function documentedRestApplication(outbox?: Outbox): Type {
  const adopted = outbox ? [adoptedMfa(AuthModule, outbox)] : [];

  @Module({
    imports: [database(), AuthModule, ...adopted],
    controllers: [CatsController, ...(outbox ? [PayoutController] : [])],
    providers: [
      Tracked,
      { provide: APP_FILTER, useClass: TrackingFilter },
      { provide: APP_GUARD, useClass: JwtAuthGuard },
      {
        provide: APP_PIPE,
        useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
      },
    ],
  })
  class AppModule {}
  return AppModule;
}
