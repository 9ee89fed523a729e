import { Body, Controller, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database-options.js';
import { people } from '../people.js';
import type { Factor } from '../selection.js';
import { addUsers } from './add-users.js';
import type { BenchServer, ServerSettings } from './bench-server.js';
import { SecondFactor, Token } from './hand-written.entities.js';
import { HandWrittenLogin, SmsGateway } from './hand-written.login.js';
import { HeldClock } from './held-clock.js';
import { httpAdapter, listen } from './http-adapter.js';
import { User } from './user.entity.js';

const TABLES = [User, SecondFactor, Token];

class LoginBody {
  @IsString() @MaxLength(254) username!: string;
  @IsString() @MaxLength(1024) password!: string;
  @IsOptional() @IsString() @MaxLength(16) mfa_code?: string;
}

@Controller()
class LoginController {
  constructor(private readonly service: HandWrittenLogin) {}

  @Post('login')
  @HttpCode(200)
  login(@Body() { username, password, mfa_code }: LoginBody): Promise<object> {
    return this.service.login(username, password, mfa_code);
  }
}

/** An application whose login with a second factor is written by hand. */
export async function startHandWritten({ adapter, database }: ServerSettings): Promise<BenchServer> {
  const clock = new HeldClock();
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...dataSourceOptions(database), entities: TABLES, synchronize: true }),
      TypeOrmModule.forFeature(TABLES),
    ],
    controllers: [LoginController],
    providers: [
      HandWrittenLogin,
      { provide: HeldClock, useValue: clock },
      { provide: SmsGateway, useValue: { send: () => Promise.resolve() } },
    ],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, httpAdapter(adapter), { logger: false });
  app.useGlobalPipes(new ValidationPipe());
  const port = await listen(app);
  return { port, ...seeding(app.get(DataSource)), advance: (seconds) => clock.advance(seconds) };
}

function seeding(source: DataSource): Pick<BenchServer, 'addPeople' | 'enrol'> {
  let ids: string[] = [];
  return {
    addPeople: async (count) => {
      ids = await addUsers(source, people(count));
    },
    enrol: async (factor: Factor) => {
      const persons = people(ids.length);
      const rows = persons.map(({ secret, phoneNumber }, index) => {
        return { userId: ids[index]!, type: factor, secret, phoneNumber };
      });
      await source.getRepository(SecondFactor).save(rows, { chunk: 500, transaction: true, reload: false });
      return persons.map(({ secret }) => secret);
    },
  };
}
