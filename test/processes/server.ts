import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { database } from '../../sample-app/database.js';
import { CurrentUser, MfaModule, SessionGuard, SmsChallenge, type SmsMessage, TotpChallenge } from '../../src/index.js';
import { abortsBetween } from '../support/aborts-within.js';
import type { TestUser } from '../support/test-users.js';
import { AnyUsers, AnyUsersModule } from './any-users.js';
import { eachConnection } from './each-connection.js';

/** What a process tells the test that has started it. */
export type Told =
  { kind: 'ready'; port: number } | { kind: 'sent'; userId: string; code: string } | { kind: 'hung'; cutOff: boolean };

/** What the test makes the gateway of a process do with each message. */
export type Order = { gateway: 'deliver' | 'hang' };

let gateway: Order['gateway'] = 'deliver';
process.on('message', (order: Order) => (gateway = order.gateway));
// It ends with the test, however that ends.
process.on('disconnect', () => process.exit());

@Controller()
class MeController {
  @Get('me')
  @UseGuards(SessionGuard)
  me(@CurrentUser() { username }: TestUser): object {
    return { username };
  }
}

@Module({
  imports: [
    // The tables are there: the test has made them by the migrations.
    TypeOrmModule.forRoot({ ...database, synchronize: false, logging: false, retryAttempts: 0 }),
    MfaModule.forRoot({
      imports: [AnyUsersModule],
      users: AnyUsers,
      keys: [process.env['MFA_KEY']],
      challenges: [SmsChallenge, TotpChallenge],
      totp: { issuer: 'Example Bank' },
      backupCodes: { count: 2, onUse: 'keep' },
      sms: { sender: send },
      // All clients of a test are one network and all phones one country.
      messages: { enrolmentsPerNetworkPerHour: 100_000, loginsPerNetworkPerHour: 100_000, perCountryPerDay: 100_000 },
    }),
  ],
  controllers: [MeController],
})
class ServerModule {}

const app = await NestFactory.create(ServerModule, { logger: ['warn', 'error', 'fatal'] });
await eachConnection(app.get(DataSource), process.env['SESSION_SQL']);
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;
tell({ kind: 'ready', port });

async function send({ userId, code, signal }: SmsMessage): Promise<void> {
  if (gateway === 'hang') {
    tell({ kind: 'hung', cutOff: await abortsBetween(4900, 7000, signal) });
    await new Promise((resolve) => setTimeout(resolve, 23_000));
  }
  tell({ kind: 'sent', userId, code });
}

function tell(told: Told): void {
  process.send?.(told);
}
