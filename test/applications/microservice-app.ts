import { Controller, type INestApplication, Module, type Type, UseFilters, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { createServer } from 'node:net';
import { CurrentUser, MfaErrorFilter, MultiFactorAuthService, RequireMfa, SessionGuard } from '../../src/index.js';
import { database, mfa, Orders, OrdersModule } from './orders.js';

@Controller()
class OrdersService {
  constructor(
    private readonly orders: Orders,
    private readonly service: MultiFactorAuthService,
  ) {}

  @MessagePattern('open')
  open(@Payload() payload: unknown): unknown {
    return payload;
  }

  @MessagePattern('guarded')
  @UseGuards(SessionGuard)
  guarded(@Payload() payload: unknown): unknown {
    return this.orders.note(payload);
  }

  @MessagePattern('vault')
  @RequireMfa()
  vault(@Payload() payload: unknown): unknown {
    return this.orders.note(payload);
  }

  @MessagePattern('user')
  user(@CurrentUser() user: unknown): unknown {
    return this.orders.note(user) ?? 'nobody';
  }

  @MessagePattern('off')
  @UseFilters(MfaErrorFilter)
  async off(): Promise<string> {
    await this.service.disable('1');
    return 'off';
  }
}

/** An application that answers HTTP and, on a port of its own, a microservice's messages. */
export function hybridApplication({ guarded = false } = {}): Type {
  @Module({
    imports: [database(), mfa(), OrdersModule],
    controllers: [OrdersService],
    providers: guarded ? [{ provide: APP_GUARD, useClass: SessionGuard }] : [],
  })
  class AppModule {}
  return AppModule;
}

/** Adds the microservice, and gives a client of it. */
export async function connectOverTcp(app: INestApplication, inheritAppConfig = false): Promise<ClientProxy> {
  const options = { host: '127.0.0.1', port: await freePort() };
  app.connectMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options }, { inheritAppConfig });
  await app.startAllMicroservices();
  return ClientProxyFactory.create({ transport: Transport.TCP, options });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
