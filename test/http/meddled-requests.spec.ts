import { useContainer } from 'class-validator';
import { afterEach, describe, expect, it } from 'vitest';
import { enrol } from '../applications/enrol.js';
import { leave, LEFTOVERS, meddlingApplication } from '../applications/meddling-app.js';
import { start, type StartedApplication } from '../applications/start.js';
import { PLATFORMS } from '../support/boot-app.js';
import { Outbox } from '../support/outbox.js';
import { prompted } from '../support/prompted.js';

describe.each(PLATFORMS)('what an application does to requests on %s', (platform) => {
  let started: StartedApplication;
  let outbox: Outbox;
  afterEach(() => started.close());

  const boot = async (leftovers: Record<string, unknown> = {}) => {
    outbox = new Outbox();
    started = await start(meddlingApplication(outbox), { platform, setUp: (app) => leave(app, leftovers) });
    return started.client;
  };

  it.each(LEFTOVERS)('[H-05] decides nothing by what it has left on them: %j', async (leftovers) => {
    const client = await boot(leftovers);
    expect((await client.get('/vault')).status).toBe(401);
    expect((await client.get('/mfa/')).status).toBe(401);
    const plain = await client.token('alice');
    expect((await client.get('/vault', { token: plain })).body['code']).toBe('mfa_enrolment_required');
    const token = await enrol(client, outbox, 'alice');
    const alice = { username: 'alice', amr: ['pwd', 'sms', 'mfa'] };
    expect((await client.get('/vault', { token })).body).toEqual({ ...alice, requestUser: 'alice' });
    expect((await client.login('alice', { password: 'bob-password' })).status).toBe(400);
  });

  it('[H-05] opens nothing and sends nothing twice by trying again what was refused', async () => {
    const client = await boot();
    await enrol(client, outbox, 'alice');
    const before = outbox.count;
    expect((await client.login('alice')).body).toEqual(prompted('sms'));
    expect(outbox.count).toBe(before + 1);
    const mfa_code = outbox.lastCode();
    expect((await client.login('alice', { mfa_code: mfa_code === '000000' ? '000001' : '000000' })).status).toBe(400);
    expect((await client.login('alice', { mfa_code })).status).toBe(200);
    expect((await client.login('alice', { mfa_code })).status).toBe(400);
  });

  it('[H-05] refuses every login while the container of class-validator returns nothing', async () => {
    const client = await boot();
    useContainer({ get: () => undefined as never });
    try {
      expect((await client.login('alice')).status).toBe(500);
      expect((await client.login('alice', { password: 'wrong' })).status).toBe(500);
    } finally {
      useContainer({ get: () => undefined as never }, { fallback: true });
    }
    expect((await client.login('alice')).status).toBe(200);
  });
});
