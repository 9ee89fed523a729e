import type { ValidationPipeOptions } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { enrol } from '../applications/enrol.js';
import { Tracked } from '../applications/documented.js';
import { Curious, opinionatedApplication } from '../applications/opinionated-app.js';
import { start, type StartedApplication } from '../applications/start.js';
import { PLATFORMS } from '../support/boot-app.js';
import { Outbox } from '../support/outbox.js';

/** Pipes that teams put before everything. */
const PIPES: ValidationPipeOptions[] = [
  { validateCustomDecorators: true, whitelist: true },
  { validateCustomDecorators: true, whitelist: true, forbidNonWhitelisted: true, transform: true },
  { validateCustomDecorators: true, forbidUnknownValues: true },
  {
    validateCustomDecorators: true,
    forbidUnknownValues: true,
    transform: true,
    transformOptions: { enableImplicitConversion: true },
  },
];

describe.each(PLATFORMS)("an application's filters and pipes on %s", (platform) => {
  let started: StartedApplication;
  let outbox: Outbox;
  afterEach(() => started.close());

  const boot = async (pipe: ValidationPipeOptions = {}) => {
    outbox = new Outbox();
    started = await start(opinionatedApplication(pipe, outbox), { platform });
    return started.client;
  };

  it('[H-05] keep its own errors behind @RequireMfa(), which its tracker hears of', async () => {
    const client = await boot();
    const token = await enrol(client, outbox, 'alice');
    expect((await client.get('/shop/sold-out', { token })).body).toEqual({ soldOut: true });
    const missing = await client.get('/shop/missing', { token });
    expect([missing.status, missing.body]).toEqual([
      404,
      { statusCode: 404, error: 'Not Found', message: 'No such order.' },
    ]);
    const broken = await client.get('/shop/broken', { token });
    expect([broken.status, broken.body]).toEqual([500, { statusCode: 500, message: 'Internal server error' }]);
    expect(broken.headers.get('cache-control')).toBeNull();
    expect(started.app.get(Tracked, { strict: false }).errors).toEqual(['TypeError: the till is stuck']);
  });

  it("[H-05] leave the module's refusals in its words, with their headers", async () => {
    const client = await boot();
    const stale = await client.get('/shop/me', { token: await client.token('alice') });
    expect([stale.status, stale.body['code']]).toEqual([401, 'mfa_enrolment_required']);
    expect(stale.headers.get('www-authenticate')).toContain('acr_values="mfa"');
    const none = await client.get('/shop/me');
    expect([none.status, none.body['code']]).toEqual([401, 'not_authenticated']);
    expect(started.app.get(Tracked, { strict: false }).errors).toEqual([]);
  });

  it.each(PIPES)("[H-05] see nothing of a signed-in user, on the application's routes or ours: %j", async (pipe) => {
    const client = await boot(pipe);
    const token = await enrol(client, outbox, 'alice');
    const { seen } = started.app.get(Curious, { strict: false });
    const me = await client.get('/shop/me', { token });
    expect([me.status, me.body]).toEqual([
      200,
      {
        user: { id: 1, username: 'alice', active: true, passwordHash: expect.any(String) as string },
        amr: ['pwd', 'sms', 'mfa'],
        isSession: true,
      },
    ]);
    expect((await client.post('/mfa/step-up/', { token })).status).toBe(200);
    expect((await client.get('/mfa/', { token })).body).toMatchObject({ enabled: true });
    expect((await client.get('/mfa/recovery/', { token })).status).toBe(200);
    expect((await client.delete('/mfa/', { token })).status).toBe(204);
    expect((await client.post('/mfa/logout/', { token })).status).toBe(204);
    expect(JSON.stringify(seen)).not.toMatch(/alice|passwordHash|factorProvenAt/);
  });

  it("[H-05] still judge the application's own values beside ours", async () => {
    const client = await boot({ validateCustomDecorators: true, whitelist: true, transform: true });
    const token = await enrol(client, outbox, 'alice');
    expect((await client.post('/shop/pay', { token, json: { to: 5 } })).status).toBe(400);
    expect((await client.post('/shop/pay', { token, json: { to: 'bob' } })).body).toEqual({ from: 'alice', to: 'bob' });
  });
});
