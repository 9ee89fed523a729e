import { type INestApplication, Module, type Type, UseFilters, UseGuards } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { CurrentUser, MfaErrorFilter, MultiFactorAuthService, RequireMfa, SessionGuard } from '../../src/index.js';
import { database, mfa, Orders, OrdersModule } from './orders.js';

@WebSocketGateway()
class OrdersGateway {
  constructor(
    private readonly orders: Orders,
    private readonly service: MultiFactorAuthService,
  ) {}

  @SubscribeMessage('open')
  open(@MessageBody() body: unknown): object {
    return { event: 'opened', data: body };
  }

  @SubscribeMessage('guarded')
  @UseGuards(SessionGuard)
  guarded(@MessageBody() body: unknown): object {
    return { event: 'guarded', data: this.orders.note(body) };
  }

  @SubscribeMessage('vault')
  @RequireMfa()
  vault(@MessageBody() body: unknown): object {
    return { event: 'vault', data: this.orders.note(body) };
  }

  @SubscribeMessage('user')
  user(@CurrentUser() user: unknown): object {
    return { event: 'user', data: this.orders.note(user) };
  }

  @SubscribeMessage('off')
  @UseFilters(MfaErrorFilter)
  async off(): Promise<object> {
    await this.service.disable('1');
    return { event: 'off', data: null };
  }
}

/** An application with a WebSocket gateway. */
export function gatewayApplication(): Type {
  @Module({ imports: [database(), mfa(), OrdersModule], providers: [OrdersGateway] })
  class AppModule {}
  return AppModule;
}

/** What Nest sends a message over, and a client of it: `ask` gives the next message that comes back. */
export interface Wire {
  name: string;
  setUp: (app: INestApplication) => void;
  connect: (port: number) => Promise<Line>;
}

export interface Line {
  ask(event: string, data: unknown): Promise<{ event: string; data: unknown }>;
  close(): void;
}

export const WIRES: Wire[] = [
  { name: 'ws', setUp: (app) => app.useWebSocketAdapter(new WsAdapter(app)), connect: overWs },
  { name: 'socket.io', setUp: (app) => app.useWebSocketAdapter(new IoAdapter(app)), connect: overSocketIo },
];

async function overWs(port: number): Promise<Line> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    ask: (event, data) =>
      new Promise((resolve, reject) => {
        socket.once('message', (text: Buffer) => resolve(JSON.parse(String(text)) as { event: string; data: unknown }));
        socket.once('close', () => reject(new Error('the connection is gone')));
        socket.send(JSON.stringify({ event, data }));
      }),
    close: () => socket.terminate(),
  };
}

async function overSocketIo(port: number): Promise<Line> {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return {
    ask: (event, data) =>
      new Promise((resolve, reject) => {
        socket.once('disconnect', () => reject(new Error('the connection is gone')));
        socket.onAny((name: string, body: unknown) => {
          socket.offAny();
          resolve({ event: name, data: body });
        });
        socket.emit(event, data);
      }),
    close: () => void socket.disconnect(),
  };
}
