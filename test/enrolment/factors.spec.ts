import { URI as OtpauthUri, TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';
import { eventLog } from '../support/event-log.js';
import { rowOf } from '../support/factor-rows.js';

const { listener, events } = eventLog();
const MFA = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Example Bank' }, events: listener };

let booted: BootedApp;
let token: string;
afterEach(async () => {
  events.length = 0;
  await booted.close();
});

interface Listed {
  id: string;
  type: string;
  name?: string;
  hint?: string;
  default?: true;
}

const list = async () => (await booted.client.get('/mfa/factors/', { token })).body as unknown as Listed[];
const add = (json: object) => booted.client.post('/mfa/factors/', { token, json });
const verify = (id: string, code: string) =>
  booted.client.post(`/mfa/factors/${id}/verify/`, { token, json: { code } });
const change = (id: string, json: object) => booted.client.request('PATCH', `/mfa/factors/${id}/`, { token, json });
const remove = (id: string) => booted.client.delete(`/mfa/factors/${id}/`, { token });

/** Signs in through the given method and keeps the session's token. */
async function signIn(code: () => string, method?: string): Promise<void> {
  booted.clock.advance(3600);
  const { mfa_token } = (await booted.client.login('bob')).body;
  if (method) await booted.client.post('/mfa/login/challenge/', { json: { mfa_token, method } });
  const { status, body } = await booted.client.post('/mfa/login/verify/', {
    json: { mfa_token, method, code: code() },
  });
  expect([status, body['code']]).toEqual([200, undefined]);
  token = String(body['token']);
}

/** Adds an authenticator app, and returns what makes its codes. */
async function addApp(name = 'Pixel 9'): Promise<{ id: string; code: () => string }> {
  const { status, body } = await add({ type: 'totp', name });
  expect(status).toBe(201);
  const app = OtpauthUri.parse((body['show'] as { otpauth_uri: string }).otpauth_uri) as TOTP;
  const code = () => app.generate({ timestamp: booted.clock.now().getTime() });
  const id = String(body['id']);
  expect((await verify(id, code())).status).toBe(200);
  return { id, code };
}

describe.each(PLATFORMS)('the factors of a user over %s', (platform) => {
  beforeEach(async () => {
    booted = await bootApp({ platform, mfa: MFA });
    token = await enrolled(booted, 'bob');
    await signIn(() => booted.outbox.lastCode());
  });

  it('are added beside the first one, each with its code, and login asks for the one that is preferred', async () => {
    const { id, code } = await addApp();
    expect(await list()).toEqual([
      expect.objectContaining({ type: 'sms', hint: '14085550101', default: true }),
      expect.objectContaining({ id, type: 'totp', name: 'Pixel 9' }),
    ]);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ challenge_type: 'sms' });
    await signIn(code, id);
    expect((await change(id, { default: true })).body).toMatchObject({ id, default: true });
    expect((await booted.client.login('bob')).body).toMatchObject({ mfa_type: 'totp', challenge: { method: id } });
    expect((await booted.client.get('/mfa/', { token })).body).toEqual({
      enabled: true,
      challenge_type: 'totp',
      phone_number: '14085550101',
    });
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['factor_added', 'default_factor_changed']));
  });

  it('keep the phone that is confirmed until another one is, and MFA is on all the time', async () => {
    const [old] = await list();
    const added = await add({ type: 'sms', phone_number: '14085550177' });
    expect([added.status, added.body['hint']]).toEqual([201, '14085550177']);
    expect(await booted.client.get('/mfa/', { token })).toMatchObject({ body: { phone_number: '14085550101' } });
    expect((await verify(String(added.body['id']), booted.outbox.lastCode())).status).toBe(200);
    expect((await remove(old!.id)).status).toBe(204);
    expect(await list()).toEqual([expect.objectContaining({ hint: '14085550177', default: true })]);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ phone_number: '14085550177' });
    await signIn(() => booted.outbox.lastCode());
    expect(booted.outbox.messages.at(-1)?.phoneNumber).toBe('14085550177');
  });

  it('take MFA along when the last one is removed, and the recovery codes too', async () => {
    const { id } = await addApp();
    await booted.client.get('/mfa/recovery/', { token });
    const [first] = await list();
    expect((await remove(first!.id)).status).toBe(204);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: true, challenge_type: 'totp' });
    expect((await remove(id)).status).toBe(204);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: false });
    expect((await rowOf(booted, 'bob')).factors).toEqual([]);
    expect((await booted.client.login('bob')).body['token']).toBeTypeOf('string');
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['factor_removed', 'disabled']));
  });

  it('end every other session when one comes or goes', async () => {
    const { body } = await booted.client.login('bob');
    const other = await booted.client.post('/mfa/login/verify/', {
      json: { mfa_token: body['mfa_token'], code: booted.outbox.lastCode() },
    });
    const me = (of: unknown) => booted.client.get('/app/me', { token: String(of) });
    expect((await me(other.body['token'])).status).toBe(200);
    await addApp();
    expect([(await me(other.body['token'])).status, (await me(token)).status]).toEqual([401, 200]);
  });

  it('let their owner in while the gateway is down, by another one', async () => {
    const { id, code } = await addApp();
    booted.clock.advance(3600);
    booted.outbox.before = () => Promise.reject(new Error('the gateway is down'));
    const { status, body } = await booted.client.login('bob');
    expect([status, body['code'], body['token']]).toEqual([503, 'sms_send_failed', undefined]);
    expect((body['mfa_methods'] as Listed[]).map(({ type }) => type)).toEqual(['sms', 'totp']);
    const json = { mfa_token: body['mfa_token'], method: id, code: code() };
    expect((await booted.client.post('/mfa/login/verify/', { json })).status).toBe(200);
  });

  it('want a fresh sign-in or second factor for every change', async () => {
    const [{ id }] = (await list()) as [Listed];
    booted.clock.advance(901);
    for (const changed of [
      add({ type: 'totp' }),
      change(id, { name: 'Old' }),
      remove(id),
      verify(id, '123456'),
      add({ type: 'sms', phone_number: '14085550177' }),
    ]) {
      const { status, body } = await changed;
      expect([status, body['code']]).toEqual([401, 'insufficient_user_authentication']);
    }
    expect((await rowOf(booted, 'bob')).pendingFactors).toEqual([]);
  });

  it('are as many as are allowed, and of types that exist', async () => {
    for (const phone of ['14085550171', '14085550172']) {
      booted.clock.advance(61);
      const { body } = await add({ type: 'sms', phone_number: phone });
      expect((await verify(String(body['id']), booted.outbox.lastCode())).status).toBe(200);
    }
    booted.clock.advance(61);
    const refused = await add({ type: 'sms', phone_number: '14085550173' });
    expect([refused.status, refused.body['code']]).toEqual([400, 'too_many_factors']);
    for (const type of ['fax', 'backup', 'recovery', '__proto__', 'constructor']) {
      const { status, body } = await add({ type });
      expect([status, body['code']]).toEqual([400, 'method_not_available']);
    }
    for (const type of [undefined, null, 7, ['sms'], {}]) {
      expect((await add({ type })).body['code']).toBe('invalid_request');
    }
  });

  it('refuse what is no name, no default and no factor', async () => {
    const [{ id }] = (await list()) as [Listed];
    for (const json of [
      { name: '' },
      { name: ' ' },
      { name: 'a\nb' },
      { name: 'x'.repeat(65) },
      { name: null },
      { name: 'a\u202Eb' },
      { name: 'a\u0000b' },
      { name: 'a\u2028b' },
    ]) {
      expect((await change(id, json)).body['code']).toBe('invalid_request');
    }
    for (const isDefault of [false, null, 'true', 1]) {
      expect((await change(id, { default: isDefault })).body['code']).toBe('invalid_request');
    }
    expect((await change(id, { name: 'Private phone' })).body).toMatchObject({ name: 'Private phone', default: true });
    for (const unknown of ['nobody', 'recovery', 'factors', id.toUpperCase(), `${id}x`]) {
      const refused = [await change(unknown, { name: 'x' }), await remove(unknown)];
      expect(refused.map(({ body }) => body['code'])).toEqual(['method_not_available', 'method_not_available']);
    }
  });

  it('refuse ids that no factor can have, in any spelling', async () => {
    const ids = ['%00', '%2F', '..%2f..', '%F0%9F%98%80', 'x'.repeat(5000), '__proto__', '%E0%A4%A'];
    for (const id of ids) {
      for (const answered of [
        await change(id, { name: 'x' }),
        await remove(id),
        await booted.client.post(`/mfa/factors/${id}/verify/`, { token, json: { code: '123456' } }),
      ]) {
        expect([400, 404, 405, 414]).toContain(answered.status);
        expect(answered.text).not.toMatch(/stack|Error:|node_modules/);
      }
    }
    expect(await list()).toHaveLength(1);
  });

  it('show no secret after they are confirmed, and none of another user', async () => {
    const { id } = await addApp();
    expect(JSON.stringify(await list())).not.toMatch(/secret|otpauth|sealed/i);
    const stranger = await booted.client.token('alice');
    const taken = await booted.client.post(`/mfa/factors/${id}/verify/`, { token: stranger, json: { code: '123456' } });
    expect([taken.status, taken.body['code']]).toEqual([400, 'invalid_mfa_code']);
    expect((await booted.client.delete(`/mfa/factors/${id}/`, { token: stranger })).status).toBe(400);
    expect((await list()).map((one) => one.id)).toContain(id);
  });
});
