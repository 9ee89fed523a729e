/* oxlint-disable promise/valid-params -- an ExceptionFilter's method is named `catch` */
import { Readable } from 'node:stream';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { MfaError, MfaErrorFilter, RequireMfaGuard, SessionGuard } from '../../src/index.js';
import { gatewayApplication, WIRES } from '../applications/gateway-app.js';
import { graphqlApplication, Rows } from '../applications/graphql-app.js';
import { connectOverTcp, hybridApplication } from '../applications/microservice-app.js';
import { Orders } from '../applications/orders.js';
import { start, type StartedApplication } from '../applications/start.js';
import { PLATFORMS } from '../support/boot-app.js';

const ONLY_HTTP = { message: 'This is only available over HTTP.', code: 'http_only' };
const REFUSAL = { status: 'error', ...ONLY_HTTP };

let started: StartedApplication;
afterEach(() => started.close());

const seen = () => started.app.get(Orders, { strict: false }).seen;

/** Data that imitates a signed-in request. */
function forgery(token: string): Record<string, unknown> {
  const user = { id: 1, username: 'alice' };
  const mfaSession = { userId: '1', amr: ['pwd', 'sms', 'mfa'], factorProvenAt: '2099-01-01T00:00:00.000Z' };
  return { headers: { authorization: `Bearer ${token}` }, user, mfaSession };
}

describe.each(PLATFORMS)('a GraphQL resolver on %s', (platform) => {
  const ask = async (query: string) => {
    const { body } = await started.client.post('/graphql', { json: { query } });
    return body as {
      data?: Record<string, unknown>;
      errors?: { message: string; extensions: Record<string, unknown> }[];
    };
  };

  it.each(['secret', 'vault', 'owner'])('[H-02] never takes a parent for the request: %s', async (field) => {
    started = await start(graphqlApplication(), { platform });
    const rows = started.app.get(Rows, { strict: false });
    rows.row = { id: 1, ...forgery(await started.client.token('alice')) };
    const row = { ...rows.row };
    const { data, errors } = await ask(`{ order { id ${field} } }`);
    expect(data).toEqual({ order: { id: 1, [field]: null } });
    expect(errors).toMatchObject([
      { message: ONLY_HTTP.message, extensions: { code: 'FORBIDDEN', originalError: ONLY_HTTP } },
    ]);
    expect([seen(), rows.row]).toEqual([[], row]);
    expect((await ask('{ order { id note } }')).data).toEqual({ order: { id: 1, note: Object.keys(row).join() } });
  });

  it.each(['guarded { id }', 'user', 'session'])('[H-02] is refused in words: %s', async (field) => {
    started = await start(graphqlApplication(), { platform });
    const { data, errors } = await ask(`{ ${field} }`);
    expect(data).toEqual({ [field.split(' ')[0]!]: null });
    expect(errors).toMatchObject([{ message: ONLY_HTTP.message, extensions: { code: 'FORBIDDEN' } }]);
    expect(seen()).toEqual([]);
  });

  it("[H-02] gets the module's errors as GraphQL has them", async () => {
    started = await start(graphqlApplication(), { platform });
    const { data, errors } = await ask('{ off(user: "1") }');
    expect(data).toEqual({ off: null });
    expect(errors).toMatchObject([
      {
        message: 'Two factor authentication is not enabled.',
        extensions: { code: 'BAD_REQUEST', originalError: { code: 'mfa_disabled' } },
      },
    ]);
  });
});

describe.each(WIRES)('a gateway over $name', ({ setUp, connect }) => {
  const cases = PLATFORMS.flatMap((platform) => ['guarded', 'vault', 'user'].map((event) => ({ platform, event })));

  it.each(cases)('[H-02] refuses one anonymous message in words, and goes on: $event on $platform', async (on) => {
    started = await start(gatewayApplication(), { platform: on.platform, setUp });
    const line = await connect(started.port);
    for (const data of ['', null, forgery('made up'), forgery(await started.client.token('alice'))]) {
      expect(await line.ask(on.event, data)).toEqual({ event: 'exception', data: REFUSAL });
    }
    expect(await line.ask('open', 'still here')).toEqual({ event: 'opened', data: 'still here' });
    expect(seen()).toEqual([]);
    line.close();
  });

  it("[H-02] gets the module's errors as messages", async () => {
    started = await start(gatewayApplication(), { setUp });
    const line = await connect(started.port);
    const data = { status: 'error', message: 'Two factor authentication is not enabled.', code: 'mfa_disabled' };
    expect(await line.ask('off', null)).toEqual({ event: 'exception', data });
    line.close();
  });
});

describe('a microservice', () => {
  let service: ClientProxy;
  afterEach(() => service.close());

  const startHybrid = async (options?: { guarded: boolean }) => {
    started = await start(hybridApplication(options), {
      setUp: async (app: INestApplication) => {
        service = await connectOverTcp(app, options?.guarded);
      },
    });
  };
  const ask = (pattern: string, payload: unknown) =>
    lastValueFrom(service.send<unknown>(pattern, payload)).catch((refusal: unknown) => ({ refusal }));

  it.each(['guarded', 'vault', 'user'])('[H-02] never takes a payload for the request: %s', async (pattern) => {
    await startHybrid();
    const payloads = [{}, 'text', forgery('made up'), forgery(await started.client.token('alice'))];
    for (const payload of payloads) expect(await ask(pattern, payload)).toEqual({ refusal: REFUSAL });
    expect(await ask('open', 'still here')).toBe('still here');
    expect(seen()).toEqual([]);
  });

  it("[H-02] gets the module's errors as its own", async () => {
    await startHybrid();
    const refusal = { status: 'error', message: 'Two factor authentication is not enabled.', code: 'mfa_disabled' };
    expect(await ask('off', {})).toEqual({ refusal });
  });

  it('[H-02] is behind an APP_GUARD where it inherits the configuration of the application', async () => {
    await startHybrid({ guarded: true });
    expect(await ask('open', forgery('made up'))).toEqual({ refusal: REFUSAL });
  });
});

describe('a context that some library made', () => {
  const contextOf = (type: string, ...args: unknown[]) => {
    const context = new ExecutionContextHost(args, class Handler {}, () => undefined);
    context.setType(type);
    return context;
  };

  it.each([
    ['a file', 'http', Readable.from(['a line'])],
    ['what has a stream in it', 'http', { raw: Readable.from(['a line']) }],
    ['nothing', 'http', undefined],
    ['a socket that is none', 'ws', undefined],
    ['a socket without events', 'ws', { readyState: 1, send: () => undefined }],
    ['a socket without anything', 'ws', {}],
    ['nothing of RPC', 'rpc', undefined],
  ])('[F-18] is refused in words where its first argument is %s', async (_, type, first) => {
    started = await start(hybridApplication());
    const context = contextOf(type, first, {});
    for (const Guard of [SessionGuard, RequireMfaGuard]) {
      const guard = started.app.get<{ canActivate(context: ExecutionContext): unknown }>(Guard, { strict: false });
      const refused = await (async () => guard.canActivate(context))().catch((error: unknown) => error);
      expect(refused).not.toBeInstanceOf(TypeError);
      expect(JSON.stringify(refused) + String(refused)).toContain('http_only');
    }
  });

  it('[F-18] gets a refusal in words also where no socket would hear it', async () => {
    started = await start(hybridApplication());
    const filter = started.app.get(MfaErrorFilter, { strict: false });
    for (const client of [undefined, {}]) {
      expect(() => filter.catch(new MfaError('locked'), contextOf('ws', client, {}))).toThrow('Too many attempts.');
    }
  });

  it.each([['http'], ['telegraf'], ['rmq']])(
    '[H-02] is refused where its first argument is no request: %s',
    async (type) => {
      started = await start(hybridApplication());
      const forged = forgery(await started.client.token('alice'));
      const context = new ExecutionContextHost([forged, {}], class Handler {}, () => undefined);
      context.setType(type);
      for (const Guard of [SessionGuard, RequireMfaGuard]) {
        const guard = started.app.get<{ canActivate(context: ExecutionContext): unknown }>(Guard, { strict: false });
        await expect((async () => guard.canActivate(context))()).rejects.toMatchObject({ code: 'http_only' });
      }
      const filter = started.app.get(MfaErrorFilter, { strict: false });
      expect(() => filter.catch(new MfaError('locked'), context)).toThrow('Too many attempts. Try again later.');
    },
  );
});
