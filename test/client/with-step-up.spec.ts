import { Body, Controller, Post } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StepUpAsked, withStepUp, type WithStepUpOptions } from '../../src/client.js';
import { minutes, RequireMfa, SmsChallenge, TotpChallenge } from '../../src/index.js';
import { VirtualAuthenticatorApp } from '../../src/testing.js';
import { enrol } from '../applications/enrol.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

@Controller('app')
class PayoutController {
  @Post('payout')
  @RequireMfa({ maxAge: minutes(5) })
  payout(@Body() body: unknown) {
    return { body };
  }
}

const MFA = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Bank' } };

let booted: BootedApp;
let token: string;
let requests: string[];
afterEach(() => booted.close());

/** What a page calls the application with, which notes each request that goes out. */
async function send(request: Request): Promise<Response> {
  requests.push(`${request.method} ${new URL(request.url).pathname}`);
  request.headers.set('authorization', `Token ${token}`);
  return fetch(request);
}

const code = () => ({ code: booted.outbox.lastCode() });
const url = (path: string) => booted.client.origin + path;
const pageWith = (prove: WithStepUpOptions['prove'], more: Partial<WithStepUpOptions> = {}) =>
  withStepUp(send, { prove, ...more });

describe.each(PLATFORMS)('withStepUp on %s', (platform) => {
  beforeEach(async () => {
    requests = [];
    booted = await bootApp({ platform, mfa: MFA, controllers: [PayoutController] });
    token = await enrol(booted.client, booted.outbox, 'bob', '14085550101');
    booted.clock.advance(minutes(10));
  });

  it('asks, proves, and repeats the request with its body, once', async () => {
    const prove = vi.fn<WithStepUpOptions['prove']>(code);
    const page = pageWith(prove);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"amount":5}' };
    const answer = await page(url('/app/payout'), init);
    expect([answer.status, await answer.json()]).toEqual([201, { body: { amount: 5 } }]);
    expect(requests).toEqual([
      'POST /app/payout',
      'POST /mfa/step-up/',
      'POST /mfa/step-up/verify/',
      'POST /app/payout',
    ]);
    expect(prove).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        mfa_type: 'sms',
        challenge: expect.objectContaining({ input: 'code', sent: true }) as object,
      }),
    );
    expect((await page(url('/app/payout'), init)).status).toBe(201);
    expect(requests).toHaveLength(5);
  });

  it('takes what fetch takes: a URL, a Request, and a body that can be read only once', async () => {
    const page = pageWith(code);
    expect((await page(new URL(url('/app/vault')))).status).toBe(200);
    booted.clock.advance(minutes(10));
    expect((await page(new Request(url('/app/vault')))).status).toBe(200);
    booted.clock.advance(minutes(10));
    const body = new Blob(['{"amount":5}']).stream();
    const headers = { 'content-type': 'application/json' };
    const streamed = new Request(url('/app/payout'), { method: 'POST', headers, body, duplex: 'half' });
    const answer = await page(streamed);
    expect([answer.status, await answer.json()]).toEqual([201, { body: { amount: 5 } }]);
  });

  it("uses the request's own credential without a function of the page", async () => {
    const page = withStepUp(fetch, { prove: code });
    expect((await page(url('/app/vault'), { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it('asks once for requests that are refused at the same time', async () => {
    const prove = vi.fn<WithStepUpOptions['prove']>(code);
    const page = pageWith(prove);
    const answers = await Promise.all(Array.from({ length: 8 }, () => page(url('/app/vault'))));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect([prove.mock.calls.length, booted.outbox.count]).toEqual([1, 2]);
  });

  it('asks nobody for a request whose refusal arrives after the proof', async () => {
    let arrive!: () => void;
    const late = new Promise<void>((resolve) => (arrive = resolve));
    const prove = vi.fn<WithStepUpOptions['prove']>(code);
    const page = withStepUp(
      async (request) => {
        const answer = await send(request);
        if (request.url.endsWith('?late') && answer.status === 401) await late;
        return answer;
      },
      { prove },
    );
    const waiting = page(url('/app/vault?late'));
    await vi.waitUntil(() => requests.length === 1);
    const first = await page(url('/app/vault'));
    arrive();
    expect([first.status, (await waiting).status, prove.mock.calls.length]).toEqual([200, 200, 1]);
  });

  it('asks again after a wrong code, and says why', async () => {
    const seen: (string | undefined)[] = [];
    const page = pageWith(({ refused }: StepUpAsked) => {
      seen.push(refused?.code);
      return seen.length < 3 ? { code: '000000' } : code();
    });
    expect((await page(url('/app/vault'))).status).toBe(200);
    expect(seen).toEqual([undefined, 'invalid_mfa_code', 'invalid_mfa_code']);
  });

  it('chooses another method', async () => {
    await booted.client.post('/mfa/step-up/', { token, json: {} });
    await booted.client.post('/mfa/step-up/', { token, json: { mfa_code: booted.outbox.lastCode() } });
    const { body } = await booted.client.post('/mfa/factors/', { token, json: { type: 'totp' } });
    const { otpauth_uri } = body['show'] as { otpauth_uri: string };
    const app = new VirtualAuthenticatorApp(otpauth_uri, booted.clock);
    const id = String(body['id']);
    await booted.client.post(`/mfa/factors/${id}/verify/`, { token, json: { code: app.nextCode() } });
    booted.clock.advance(minutes(10));
    const page = pageWith(({ challenge }) => (challenge?.type === 'totp' ? { code: app.nextCode() } : { method: id }));
    expect((await page(url('/app/vault'))).status).toBe(200);
  });

  it('sends another message', async () => {
    const page = pageWith(({ challenge }) => {
      if (booted.outbox.count > 2) return code();
      booted.clock.advance(60);
      return { method: challenge!.method };
    });
    expect([(await page(url('/app/vault'))).status, booted.outbox.count]).toEqual([200, 3]);
  });

  it('asks again if the user has taken too long', async () => {
    let late = true;
    const page = pageWith(() => {
      if (late) booted.clock.advance(400);
      late = false;
      return code();
    });
    expect((await page(url('/app/vault'))).status).toBe(200);
  });

  it('returns the refusal if the user gives up, to each request that waits, and asks again the next time', async () => {
    const prove = vi.fn<WithStepUpOptions['prove']>(() => undefined);
    const page = pageWith(prove);
    const answers = await Promise.all([page(url('/app/vault')), page(url('/app/vault'))]);
    for (const answer of answers) {
      const body = (await answer.json()) as object;
      expect([answer.status, body]).toMatchObject([401, { code: 'insufficient_user_authentication' }]);
    }
    prove.mockImplementation(code);
    expect([(await page(url('/app/vault'))).status, prove.mock.calls.length]).toEqual([200, 2]);
  });

  it('fails as the dialogue fails, and asks again the next time', async () => {
    const prove = vi.fn<WithStepUpOptions['prove']>(() => Promise.reject(new Error('The dialogue broke.')));
    const page = pageWith(prove);
    await expect(page(url('/app/vault'))).rejects.toThrow('The dialogue broke.');
    prove.mockImplementation(code);
    expect((await page(url('/app/vault'))).status).toBe(200);
  });

  it('stops asking when wrong codes have ended the session', async () => {
    const prove = vi.fn<WithStepUpOptions['prove']>(() => ({ code: '000000' }));
    expect((await pageWith(prove)(url('/app/vault'))).status).toBe(401);
    expect(prove.mock.calls.length).toBeLessThan(7);
  });

  it('leaves other refusals alone: no session, no factor, an error of the application', async () => {
    const prove = vi.fn<WithStepUpOptions['prove']>(code);
    const page = pageWith(prove);
    const statuses = [];
    const own = token;
    token = await booted.client.token('alice');
    statuses.push((await page(url('/app/vault'))).status);
    token = 'unknown';
    statuses.push((await page(url('/app/vault'))).status);
    token = own;
    statuses.push((await page(url('/nowhere'))).status);
    expect([statuses, prove.mock.calls.length, requests.length]).toEqual([[401, 401, 404], 0, 3]);
  });

  it('gives the page the answer to the proof before it repeats the request', async () => {
    const proven = vi.fn<(answer: object) => void>(() => void requests.push('proven'));
    await pageWith(code, { proven })(url('/app/vault'));
    expect(requests.slice(-2)).toEqual(['proven', 'GET /app/vault']);
    expect(proven).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ mfa_required: false }));
  });

  it('goes to the path that the module has', async () => {
    await booted.close();
    const setUp = (app: BootedApp['app']) => void app.setGlobalPrefix('api');
    booted = await bootApp({ platform, mfa: { ...MFA, path: 'auth' }, setUp });
    const login = async () => {
      const json = { username: 'bob', password: 'bob-password' };
      return (await booted.client.post('/api/auth/authtoken/login/', { json })).body;
    };
    token = String((await login())['token']);
    const json = { phone_number: '14085550101' };
    await booted.client.put('/api/auth/sms/request/', { token, json });
    await booted.client.put('/api/auth/sms/verify/', { token, json: { mfa_code: booted.outbox.lastCode() } });
    booted.clock.advance(minutes(10));
    const relative = pageWith(code, { path: '/api/auth/' });
    expect((await relative(url('/api/app/vault'))).status).toBe(200);
    booted.clock.advance(minutes(10));
    const absolute = pageWith(code, { path: url('/api/auth/') });
    expect((await absolute(url('/api/app/vault'))).status).toBe(200);
  });
});
