import { afterEach, describe, expect, it } from 'vitest';
import { type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { oauthClient } from '../support/oauth.js';
import { bootStrictHost } from '../support/strict-host.js';
import { prompted } from '../support/prompted.js';

describe.each(PLATFORMS)('a guest in a strict application on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it("leaves the application's own routes as they are", async () => {
    booted = await bootStrictHost({ platform });
    const { client } = booted;
    expect((await client.get('/v1/orders')).body).toEqual({ data: { asked: 1 } });
    expect((await client.get('/v1/orders')).body).toEqual({ data: { asked: 1 } });
    expect((await client.post('/v1/orders', { json: { amount: '5' } })).body).toEqual({ data: { amount: 5 } });
    expect((await client.post('/v1/orders', { json: { amount: 5, more: 1 } })).body).toEqual({ oops: 400 });
    expect((await client.get('/v1/secret')).body).toEqual({ oops: 403 });
    expect((await client.get('/v1/nothing')).body).toEqual({ oops: 404 });
    const token = await client.token('alice');
    expect((await client.get('/v1/orders/mine', { token })).body).toEqual({ data: { username: 'alice' } });
  });

  it('keeps the documented life of MFA, unwrapped and uncached', async () => {
    booted = await bootStrictHost({ platform });
    const { client, outbox } = booted;
    const status = async (token: string) => (await client.get('/mfa/', { token })).body;
    const [on, off] = [
      { enabled: true, challenge_type: 'sms', phone_number: '14085550101' },
      { enabled: false, challenge_type: '', phone_number: '' },
    ];
    const first = await client.token('bob');
    expect(await status(first)).toEqual(off);
    const requested = await client.put('/mfa/sms/request/', { token: first, json: { phone_number: '14085550101' } });
    expect(requested.body).toEqual({ ...off, phone_number: '14085550101' });
    const json = { mfa_code: outbox.lastCode() };
    expect((await client.put('/mfa/sms/verify/', { token: first, json })).body).toEqual(on);
    expect(await status(first)).toEqual(on);
    expect(await status(await client.token('alice'))).toEqual(off);
    expect((await client.login('bob')).body).toEqual(prompted('sms'));
    const token = await client.token('bob', { mfa_code: outbox.lastCode() });
    const codes = [await client.get('/mfa/recovery/', { token }), await client.get('/mfa/recovery/', { token })];
    expect(codes.map(({ body }) => Object.keys(body))).toEqual([['backup_code'], ['backup_code']]);
    expect(codes[0]!.text).not.toBe(codes[1]!.text);
    const gone = await client.delete('/mfa/', { token });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect(await status(token)).toEqual(off);
  });

  it('answers errors in its own words', async () => {
    booted = await bootStrictHost({ platform });
    const { client } = booted;
    const token = await client.token('alice');
    const answers = [
      await client.login('alice', { password: 'wrong' }),
      await client.delete('/mfa/', { token }),
      await client.put('/mfa/sms/request/', { token, json: { phone_number: 'x' } }),
      await client.get('/mfa/'),
      await client.post('/mfa/authtoken/login/', { raw: '{"', headers: { 'content-type': 'application/json' } }),
    ];
    expect(answers.map(({ status, body }) => [status, body['statusCode'], body['message']])).toEqual([
      [400, 400, 'Unable to log in with provided credentials.'],
      [400, 400, 'Two factor authentication is not enabled.'],
      [400, 400, ['Please enter a valid phone number.']],
      [401, 401, 'Authentication credentials were not provided or are not valid.'],
      [400, 400, 'The request body could not be read.'],
    ]);
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
  });

  it("keeps the OAuth2 route in the RFC's words", async () => {
    booted = await bootStrictHost({ platform });
    const caller = await oauthClient(booted);
    expect(Object.keys((await caller.password('alice')).body)).toContain('access_token');
    expect((await caller.password('alice', { password: 'x' })).body['error']).toBe('invalid_grant');
    expect((await caller.token({})).body['error']).toBe('invalid_request');
  });

  it('converts nothing and refuses no field that the contract ignores', async () => {
    booted = await bootStrictHost({ platform });
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    const refused = await booted.client.login('bob', { mfa_code: Number(`1${mfa_code}`.slice(1)) });
    expect([refused.status, refused.body['message']]).toEqual([400, 'Please enter a valid code.']);
    expect((await booted.client.login('bob', { mfa_code, remember: true })).status).toBe(200);
  });

  it('answers each of its routes with and without the slash at the end', async () => {
    booted = await bootStrictHost({ platform });
    const { client } = booted;
    const routes = ['GET /mfa', 'DELETE /mfa', 'GET /mfa/recovery', 'PUT /mfa/sms/request', 'PUT /mfa/sms/verify'];
    routes.push('POST /mfa/authtoken/login', 'PUT /mfa/authtoken/login', 'POST /mfa/oauth2/token', 'POST /mfa/step-up');
    for (const route of [...routes, 'POST /mfa/logout']) {
      const [method, path] = route.split(' ') as [string, string];
      const [bare, slashed] = [await client.request(method, path), await client.request(method, `${path}/`)];
      expect([route, bare.status, bare.text]).toEqual([route, slashed.status, slashed.text]);
      expect([400, 401]).toContain(bare.status);
    }
  });

  it("is behind the application's own guard, unless it is told otherwise", async () => {
    booted = await bootStrictHost({ platform, mfa: { routeDecorators: {} } });
    expect((await booted.client.login('alice')).status).toBe(403);
    expect((await booted.client.get('/mfa/')).status).toBe(403);
    expect(booted.users.verifications).toEqual([]);
  });
});
