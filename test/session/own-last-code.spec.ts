import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LoginRequest,
  type MfaClaims,
  MfaLogin,
  MultiFactorAuthService,
  OwnCredential,
  type OwnSignIn,
} from '../../src/index.js';
import { codeAt, importKey, WITH_APPS } from '../support/authenticator.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { type TestUser, TestUsers, TestUsersModule } from '../support/test-users.js';

@Controller('own')
class OwnLoginController {
  constructor(
    private readonly users: TestUsers,
    private readonly mfa: MfaLogin,
  ) {}

  @Post('login')
  @HttpCode(200)
  begin(@Body() { username }: { username: string }, @Req() request: LoginRequest) {
    return this.mfa.begin(this.users.named(username), request);
  }
}

/** Takes what the test says for proven, as if it were in a signed token. */
class HeaderCredential extends OwnCredential {
  read({ headers }: { headers: { 'x-signed-in'?: string } }): OwnSignIn | null {
    return JSON.parse(headers['x-signed-in'] ?? 'null') as OwnSignIn | null;
  }

  issue({ id }: TestUser, claims: MfaClaims): OwnSignIn {
    return { userId: id, claims };
  }
}

const MFA = {
  ...WITH_APPS,
  signedIn: HeaderCredential,
  backupCodes: { count: 2, onUse: 'keep' as const },
};

let booted: BootedApp;
afterEach(() => booted.close());

const sent = (method: string, path: string, credential: unknown, json?: object) =>
  booted.client.request(method, path, {
    headers: { 'x-signed-in': JSON.stringify(credential) },
    ...(json && { json }),
  });

/** The answer to a login of bob by this method. */
async function login(code: string, method?: string): Promise<Answered> {
  const asked = (await booted.client.post('/own/login', { json: { username: 'bob' } })).body['answer'];
  const { mfa_token } = asked as { mfa_token: string };
  const answered = await booted.client.post('/mfa/login/verify/', { json: { mfa_token, method, code } });
  expect(answered.status).toBe(200);
  return answered;
}

describe.each(PLATFORMS)("the application's own credential after a recovery code over %s", (platform) => {
  let byApp: unknown;
  let codes: string[];
  beforeEach(async () => {
    const parts = { imports: [TestUsersModule], controllers: [OwnLoginController] };
    booted = await bootApp({ platform, ...parts, mfa: MFA });
    await importKey(booted, 'bob');
    byApp = (await login(codeAt(booted))).body['credential'];
    codes = (await sent('GET', '/mfa/recovery/', byApp)).body['backup_codes'] as string[];
  });

  it('[K-11] may only recover once the last code is used, and opens all routes again with new codes', async () => {
    const first = await login(codes[0]!, 'recovery');
    const { credential: early } = first.body;
    expect([first.body['recovery_codes_remaining'], (await sent('GET', '/app/me', early)).status]).toEqual([1, 200]);

    const last = await login(codes[1]!, 'recovery');
    const { credential } = last.body;
    expect(last.body['recovery_codes_remaining']).toBe(0);
    const [{ id }] = JSON.parse((await sent('GET', '/mfa/factors/', credential)).text) as [{ id: string }];
    const closed: [string, string, object?][] = [
      ['GET', '/app/me'],
      ['GET', '/app/vault'],
      ['DELETE', '/mfa/'],
      ['PATCH', `/mfa/factors/${id}/`, { name: 'x' }],
      ['DELETE', `/mfa/factors/${id}/`],
      ['POST', '/mfa/step-up/', {}],
      ['POST', '/mfa/step-up/challenge/', {}],
      ['POST', '/mfa/step-up/verify/', { mfa_token: 'x', code: '123456' }],
    ];
    // The earlier one too: it has proven no more.
    for (const [index, [method, path, json]] of [...closed, ...closed].entries()) {
      const { status, body } = await sent(method, path, index < closed.length ? credential : early, json);
      expect([path, status, body['code']]).toEqual([path, 403, 'recovery_required']);
    }
    expect((await sent('GET', '/app/me', byApp)).status).toBe(200);

    expect((await sent('GET', '/mfa/recovery/', credential)).body['backup_codes']).toHaveLength(2);
    for (const one of [credential, early]) expect((await sent('GET', '/app/me', one)).status).toBe(200);
    expect((await sent('GET', '/app/vault', credential)).status).toBe(401);
  });

  it('[K-11] opens them again with another factor, by the credential that comes with it', async () => {
    for (const code of codes) await login(code, 'recovery');
    const claims = { amr: ['pwd', 'backup'], acr: '1fa', auth_time: booted.clock.now().getTime() / 1000 };
    const mfa_epoch = await booted.app.get(MultiFactorAuthService).epoch('2');
    const recovered = { userId: 2, claims: { ...claims, mfa_epoch } };
    const added = await sent('POST', '/mfa/factors/', recovered, { type: 'sms', phone_number: '14085550101' });
    const path = `/mfa/factors/${String(added.body['id'])}/verify/`;
    const verified = await sent('POST', path, recovered, { code: booted.outbox.lastCode() });
    expect(verified.status).toBe(200);
    expect((await sent('GET', '/app/vault', verified.body['credential'])).status).toBe(200);
    expect((await sent('GET', '/app/me', recovered)).status).toBe(401);
  });
});
