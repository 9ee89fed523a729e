import { BadgeChallenge, signed } from '../challenge/badge-challenge.js';
import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import type { BootedApp, BootOptions } from '../support/boot-app.js';
import type { Answered, Client } from '../support/client.js';
import { oauthClient, tokensOf } from '../support/oauth.js';
import type { Documented } from '../support/open-api.js';
import { nextCode, type ShownKey } from '../support/totp-app.js';

const PHONE = { phone_number: '14085550199' };
const BADGE = { badge: 'B0001', secret: 'a secret that nobody knows' };

/** The application to walk through: a code that is sent, one of an app, and a proof in JSON. */
export const WALKED: BootOptions = {
  mfa: { challenges: [SmsChallenge, TotpChallenge, BadgeChallenge], totp: { issuer: 'Example' } },
};

/** A user with a session, an authenticator app, a phone and a badge. */
interface Enrolled {
  token: string;
  key: ShownKey;
  phone: string;
}

/** A walk through every route. */
export class Walk {
  constructor(
    private readonly booted: BootedApp,
    private readonly client: Client,
  ) {}

  /** Asks each route for what it does, and for much that it refuses. */
  async everywhere(): Promise<void> {
    const enrolled = await this.enrol();
    await this.manage(enrolled);
    const codes = await this.client.get('/mfa/recovery/', enrolled);
    await this.stepUp(enrolled);
    await this.loseTheGateway();
    const token = await this.signIn();
    await this.byOAuth();
    await this.client.put('/mfa/authtoken/login/', { json: { username: 'bob', password: 'bob-password' } });
    await this.turnOnAndOff(await this.client.token('bob'));
    await this.client.delete(`/mfa/factors/${enrolled.phone}/`, { token });
    await this.client.post('/mfa/logout/', { token });
    await this.guess();
    await this.recover(text(codes, 'backup_code'));
  }

  /** Sends every route what no client should. */
  async nonsense(routes: readonly Documented[]): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const bodies = ['{"broken', '[]', '{}', '{"code":null,"type":5}', `"${'x'.repeat(1_100_000)}"`];
    const token = await this.client.token('bob');
    for (const { method, path, operationId } of routes) {
      const ask = (sent: object) => this.client.request(method.toUpperCase(), path.replace('{id}', 'unknown'), sent);
      await ask({});
      if (method === 'get') continue;
      for (const raw of bodies) await ask({ raw, headers, ...(operationId !== 'mfaLogout' && { token }) });
    }
  }

  private async enrol(): Promise<Enrolled> {
    const { client, booted } = this;
    const token = await client.token('alice');
    const key = (await client.put('/mfa/totp/request/', { token })).body['show'] as ShownKey;
    await client.put('/mfa/totp/verify/', { token, json: { mfa_code: '000000' } });
    await client.put('/mfa/totp/verify/', { token, json: { mfa_code: nextCode(key, booted.clock) } });
    const sms = await client.post('/mfa/factors/', { token, json: { type: 'sms', name: 'Mine', ...PHONE } });
    const phone = text(sms, 'id');
    await client.post(`/mfa/factors/${phone}/verify/`, { token, json: { code: booted.outbox.lastCode() } });
    const badge = await client.post('/mfa/factors/', { token, json: { type: 'badge', ...BADGE } });
    const json = { response: proof(badge.body['show'], 1) };
    await client.post(`/mfa/factors/${text(badge, 'id')}/verify/`, { token, json });
    return { token, key, phone };
  }

  private async manage({ token, phone }: Enrolled): Promise<void> {
    const change = (id: string, json: object) => this.client.request('PATCH', `/mfa/factors/${id}/`, { token, json });
    await change(phone, { name: 'Other' });
    await change(phone, { default: true });
    await change(phone, { name: 5, default: false });
    await change('unknown', {});
    await this.client.get('/mfa/', { token });
    await this.client.get('/mfa/factors/', { token });
    await this.client.get('/mfa/recovery/', { token, headers: { 'sec-fetch-site': 'cross-site' } });
  }

  private async stepUp({ token, key }: Enrolled): Promise<void> {
    const post = (path: string, json: object) => this.client.post(`/mfa/step-up/${path}`, { token, json });
    const { body } = await post('', {});
    const { mfa_token, mfa_methods } = body as { mfa_token: string; mfa_methods: { id: string; type: string }[] };
    const method = mfa_methods.find(({ type }) => type === 'totp')!.id;
    await post('challenge/', { mfa_token, method: 'badge' });
    await post('verify/', { mfa_token, method, code: 'none' });
    await post('verify/', { mfa_token, method, code: nextCode(key, this.booted.clock) });
    await post('', { mfa_code: 'none' });
  }

  private async signIn(): Promise<string> {
    const { client } = this;
    this.booted.clock.advance(3600);
    const { mfa_token } = (await client.login('alice')).body;
    const chosen = await client.post('/mfa/login/challenge/', { json: { mfa_token, method: 'badge' } });
    const { mfa_token: newer, challenge } = chosen.body as { mfa_token: string; challenge: { options: object } };
    const verify = (json: object) => client.post('/mfa/login/verify/', { json: { mfa_token: newer, ...json } });
    await verify({ response: { ...proof(challenge.options, 2), signature: 'none' } });
    return text(await verify({ response: proof(challenge.options, 2) }), 'token');
  }

  private async recover(code: string): Promise<void> {
    const { mfa_token } = (await this.client.login('alice')).body;
    await this.client.post('/mfa/login/verify/', { json: { mfa_token, method: 'recovery', code } });
  }

  private async byOAuth(): Promise<void> {
    const caller = await oauthClient({ ...this.booted, client: this.client });
    const tokens = tokensOf(await caller.password('bob'));
    await caller.refresh(tokens.refresh);
    await caller.refresh('unknown');
    await caller.password('bob', { password: 'wrong' });
    await caller.password('alice');
    await caller.token({ grant_type: 'nothing' });
    const headers = { authorization: caller.basic };
    await this.client.post('/mfa/oauth2/revoke_token/', { form: { token: tokens.access }, headers });
  }

  private async turnOnAndOff(token: string): Promise<void> {
    await this.client.put('/mfa/badge/request/', { token, json: BADGE });
    await this.client.put('/mfa/sms/request/', { token, json: { phone_number: '14085550001' } });
    await this.client.put('/mfa/sms/request/', { token, json: PHONE });
    await this.client.put('/mfa/sms/verify/', { token, json: { mfa_code: this.booted.outbox.lastCode() } });
    await this.client.delete('/mfa/', { token });
  }

  private async loseTheGateway(): Promise<void> {
    this.booted.clock.advance(3600);
    this.booted.outbox.before = () => Promise.reject(new Error('The gateway is down.'));
    await this.client.login('alice');
    this.booted.outbox.before = () => Promise.resolve();
  }

  private async guess(): Promise<void> {
    for (let guess = 0; guess < 7; guess++) await this.client.login('alice', { mfa_code: '123456' });
  }
}

function text({ body }: Answered, name: string): string {
  return String(body[name]);
}

function proof(shown: unknown, uses: number): object {
  const { nonce } = shown as { nonce: string };
  return { badge: BADGE.badge, uses, signature: signed(BADGE, nonce, uses) };
}
