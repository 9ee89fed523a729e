/* oxlint-disable promise/valid-params -- an ExceptionFilter's method is named `catch` */
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Injectable,
  Module,
  NotFoundException,
  type PipeTransform,
  Post,
  type Type,
  UseFilters,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { IsString } from 'class-validator';
import { CurrentSession, CurrentUser, MfaSession, RequireMfa } from '../../src/index.js';
import { Outbox } from '../support/outbox.js';
import { Tracked, TrackingFilter } from './documented.js';
import { database, mfa } from './orders.js';

class OutOfStock extends Error {}

@Catch(OutOfStock)
class OutOfStockFilter implements ExceptionFilter<OutOfStock> {
  catch(_: OutOfStock, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: object): void } }>();
    response.status(409).send({ soldOut: true });
  }
}

/** Sees every value that a handler is given. */
@Injectable()
export class Curious implements PipeTransform {
  readonly seen: unknown[] = [];

  transform(value: unknown): unknown {
    this.seen.push(value);
    return value;
  }
}

/** A user as the application declares it for its own bodies: a class with rules. */
export class Customer {
  id!: number;
  active!: boolean;
  @IsString() username!: string;
}

class Payment {
  @IsString() to!: string;
}

@Controller('shop')
@RequireMfa()
class ShopController {
  @Get('sold-out')
  @UseFilters(OutOfStockFilter)
  soldOut(): never {
    throw new OutOfStock('none left');
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException('No such order.');
  }

  @Get('broken')
  broken(): never {
    throw new TypeError('the till is stuck');
  }

  @Get('me')
  me(@CurrentUser() user: Customer, @CurrentSession() session: MfaSession): object {
    return { user, amr: session.amr, isSession: session instanceof MfaSession };
  }

  @Post('pay')
  pay(@CurrentUser() { username }: Customer, @Body() { to }: Payment): object {
    return { from: username, to };
  }
}

/** An application that tracks its errors, renders some of them itself, and has a strict pipe before every value. */
export function opinionatedApplication(pipe: ValidationPipeOptions, outbox = new Outbox()): Type {
  @Module({
    imports: [database(), mfa({ sms: { sender: outbox.send } })],
    controllers: [ShopController],
    providers: [
      Tracked,
      Curious,
      { provide: APP_FILTER, useClass: TrackingFilter },
      { provide: APP_PIPE, useExisting: Curious },
      { provide: APP_PIPE, useValue: new ValidationPipe(pipe) },
    ],
  })
  class AppModule {}
  return AppModule;
}
