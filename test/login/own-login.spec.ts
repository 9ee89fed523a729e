import { Body, Controller, Header, HttpCode, Ip, Post } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { Login, OpenSession } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** A protocol of an application, as docs/logins.md shows it. */
@Controller('signin')
class SigninController {
  constructor(
    private readonly login: Login,
    private readonly sessions: OpenSession,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async signin(@Body() { name, secret, code }: Record<string, unknown>, @Ip() address: string) {
    const attempt = await this.login.authenticate({ username: text(name), password: text(secret), address });
    const mfaCode = code === undefined ? undefined : text(code);
    const outcome = await this.sessions.signIn(attempt, { mfaCode });
    if (outcome.kind === 'challenged') return { next: outcome.challengeType };
    const { token, session } = outcome.issued;
    return { session: token, until: session.expiresAt };
  }
}

describe.each(PLATFORMS)("an application's own login protocol on %s", (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  const signin = (more: object = {}) =>
    booted.client.post('/signin', { json: { name: 'bob', secret: 'bob-password', ...more } });

  it('asks for the second factor and opens a session with it, in its own words', async () => {
    booted = await bootApp({ platform, controllers: [SigninController], mfa: { logins: ['authtoken'] } });
    await enrolled(booted, 'bob');
    expect((await signin()).body).toEqual({ next: 'sms' });
    const { status, body } = await signin({ code: booted.outbox.lastCode() });
    expect(status).toBe(200);
    const vault = await booted.client.get('/app/vault', { token: String(body['session']) });
    expect(vault.body).toEqual({ username: 'bob' });
    expect((await signin({ code: booted.outbox.lastCode() })).body).toMatchObject({ code: 'invalid_mfa_code' });
  });

  it('shares its count of wrong codes with the other logins, and says when to come again', async () => {
    booted = await bootApp({ platform, controllers: [SigninController] });
    await enrolled(booted, 'bob');
    for (let wrong = 0; wrong < 5; wrong++) await signin({ code: '000000' });
    const { status, headers } = await signin({ code: '000000' });
    expect([status, headers.get('retry-after')]).toEqual([429, '30']);
    expect((await booted.client.login('bob', { mfa_code: '000000' })).status).toBe(429);
    expect((await signin({ secret: 'wrong' })).status).toBe(400);
  });

  it('[B-11] shares its count of wrong passwords with them too', async () => {
    booted = await bootApp({ platform, controllers: [SigninController] });
    for (let wrong = 0; wrong < 5; wrong++) {
      expect((await signin({ secret: 'wrong' })).status).toBe(400);
      expect((await booted.client.login('bob', { password: 'wrong' })).status).toBe(400);
    }
    const { status, headers, body } = await signin();
    expect([status, headers.get('retry-after'), body['code']]).toEqual([429, '60', 'locked']);
    expect((await booted.client.login('bob')).status).toBe(429);
    booted.clock.advance(60);
    expect((await signin()).status).toBe(200);
  });
});
