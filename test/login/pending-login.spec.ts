import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';

let booted: BootedApp;
afterEach(() => booted.close());

type Body = Record<string, unknown>;

const post = (path: string, json: object) => booted.client.post(path, { json });
const verify = (json: object) => post('/mfa/login/verify/', json);
const choose = (json: object) => post('/mfa/login/challenge/', json);

async function prompted(username = 'bob'): Promise<Body & { mfa_token: string }> {
  const { status, body } = await booted.client.login(username);
  expect([status, body['mfa_required']]).toEqual([200, true]);
  return body as Body & { mfa_token: string };
}

describe.each(PLATFORMS)('a pending login over %s', (platform) => {
  beforeEach(async () => {
    booted = await bootApp({ platform });
    await enrolled(booted, 'bob');
  });

  it('tells what the client can offer, and no number', async () => {
    const body = await prompted();
    expect(body['expires_in']).toBe(300);
    const id = expect.any(String) as unknown;
    expect(body['mfa_methods']).toEqual([
      { id, type: 'sms', hint: '*******0101', input: 'code', default: true, sends: true, retry_in: 45 },
    ]);
    const [{ id: method }] = body['mfa_methods'] as [{ id: string }];
    expect(body['challenge']).toEqual({
      method,
      type: 'sms',
      input: 'code',
      digits: 6,
      sent: true,
      retry_in: 45,
      expires_in: 60,
    });
    expect(JSON.stringify(body)).not.toContain('14085550101');
  });

  it('ends with the code and no password, once', async () => {
    const { mfa_token } = await prompted();
    const given = { mfa_token, code: booted.outbox.lastCode() };
    const { status, body } = await verify(given);
    expect([status, Object.keys(body)]).toEqual([200, ['token']]);
    expect((await booted.client.get('/app/vault', { token: String(body['token']) })).status).toBe(200);
    const again = await verify(given);
    expect([again.status, again.body['code']]).toEqual([400, 'invalid_mfa_token']);
  });

  it('goes on after a wrong code, and ends after its time', async () => {
    const { mfa_token } = await prompted();
    const wrong = await verify({ mfa_token, code: '000000' });
    expect([wrong.status, wrong.body['code']]).toEqual([400, 'invalid_mfa_code']);
    expect((await verify({ mfa_token, code: booted.outbox.lastCode() })).status).toBe(200);
    const late = await prompted();
    booted.clock.advance(301);
    const { status, body } = await verify({ mfa_token: late.mfa_token, code: booted.outbox.lastCode() });
    expect([status, body['code']]).toEqual([400, 'invalid_mfa_token']);
  });

  it('sends again when it is asked to, outside of the cooldown', async () => {
    const { mfa_token } = await prompted();
    const soon = await choose({ mfa_token });
    expect([soon.status, soon.body['challenge']]).toEqual([
      200,
      expect.objectContaining({ sent: false, retry_in: 45 }),
    ]);
    booted.clock.advance(46);
    const { body } = await choose({ mfa_token });
    expect(body['challenge']).toMatchObject({ sent: true });
    expect((await verify({ mfa_token, code: booted.outbox.lastCode() })).status).toBe(200);
  });
});
