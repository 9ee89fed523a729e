import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoginRequest, MfaLogin, MultiFactorAuthService, SmsChallenge, TotpChallenge } from '../../src/index.js';
import { addApp, type AuthenticatorApp } from '../support/apps.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { eventLog } from '../support/event-log.js';
import { rowOf } from '../support/factor-rows.js';
import { par } from '../support/par.js';
import { type TestUser, TestUsers, TestUsersModule } from '../support/test-users.js';

/** Compiled and never called: the requests of both frameworks are taken as they are. */
export const requests = (express: Request, fastify: FastifyRequest): LoginRequest[] => [express, fastify];

/** An application that signs users in itself, and issues nothing of the module. */
@Controller('own')
class OwnController {
  constructor(
    private readonly users: TestUsers,
    private readonly mfa: MfaLogin,
  ) {}

  @Post('login')
  @HttpCode(200)
  async login(@Body() { username, amr }: { username: string; amr?: string[] }, @Req() request: LoginRequest) {
    return this.mfa.begin(this.users.named(username), request, { amr });
  }

  @Post('password')
  @HttpCode(200)
  password(@Body() body: { username: string; password: string }, @Req() request: LoginRequest) {
    return this.mfa.authenticate<TestUser>(body, request);
  }

  @Post('finish')
  @HttpCode(200)
  finish(@Body() body: unknown, @Req() request: LoginRequest) {
    return this.mfa.finish(body, request);
  }
}

const MFA = { challenges: [SmsChallenge, TotpChallenge], totp: { issuer: 'Example Bank' } };

interface Asked {
  mfa_token: string;
  mfa_methods: { id: string }[];
}

describe.each(PLATFORMS)('a login of the application over %s', (platform) => {
  let booted: BootedApp;
  let app: AuthenticatorApp;
  const log = eventLog();
  beforeEach(async () => {
    booted = await bootApp({
      platform,
      imports: [TestUsersModule],
      controllers: [OwnController],
      mfa: { ...MFA, events: log.listener },
    });
    app = await addApp(booted, await booted.client.token('bob'));
    log.events.length = 0;
  });
  afterEach(() => booted.close());

  const own = (route: string, json: object) => booted.client.post(`/own/${route}`, { json });
  const asked = async (more: object = {}) => {
    const { body } = await own('login', { username: 'bob', ...more });
    return body['answer'] as Asked;
  };

  it('[I-06] [I-09] looks nobody up and hashes nothing for what cannot be a name or a password', async () => {
    const lookedUp: unknown[] = [];
    const find = booted.users.findByUsername.bind(booted.users);
    booted.users.findByUsername = (name) => (lookedUp.push(name), find(name));
    booted.users.verifications.length = 0;
    const odd = [0, true, null, undefined, {}, { $ne: '' }, [], ['bob'], '', 'bob\0', 'x'.repeat(1025)];
    for (const one of odd) {
      for (const json of [
        { username: one, password: 'bob-password' },
        { username: 'bob', password: one },
      ]) {
        const { status, body } = await own('password', json);
        expect([status, body['code']]).toEqual([400, 'invalid_request']);
      }
    }
    expect([lookedUp, booted.users.verifications]).toEqual([[], []]);
    expect((await own('password', { username: 'bob', password: 'bob-password' })).body['required']).toBe(true);
  });

  it('gives the claims at once for a user without a factor, and tells of the sign-in', async () => {
    const { body } = await own('login', { username: 'alice' });
    const auth_time = booted.clock.now().getTime() / 1000;
    expect(body).toMatchObject({ required: false, user: { username: 'alice' } });
    expect(body['claims']).toEqual({ amr: ['pwd'], auth_time, acr: '1fa', mfa_epoch: 0 });
    expect(log.events).toMatchObject([{ type: 'signed_in', userId: '1', amr: ['pwd'] }]);
  });

  it('says how a user was identified, if that was no password', async () => {
    const { body } = await own('login', { username: 'alice', amr: ['fed'] });
    expect(body['claims']).toMatchObject({ amr: ['fed'], acr: '1fa' });
    const { mfa_token } = await asked({ amr: ['fed'] });
    const finished = await own('finish', { mfa_token, code: app.code() });
    expect(finished.body['claims']).toMatchObject({ amr: ['fed', 'otp', 'mfa'], acr: 'mfa' });
  });

  it('asks for the factor, and takes its code once, also of many requests at the same moment', async () => {
    const { mfa_token } = await asked();
    expect(log.count('signed_in', '2')).toBe(0);
    const proof = { path: '/own/finish', json: { mfa_token, code: app.code() } };
    const answers = await par([booted], 10, () => proof);
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted).toHaveLength(1);
    expect(JSON.parse(granted[0]!.text)).toMatchObject({
      required: false,
      user: { username: 'bob' },
      claims: {
        amr: ['pwd', 'otp', 'mfa'],
        acr: 'mfa',
        mfa_epoch: await booted.app.get(MultiFactorAuthService).epoch('2'),
      },
    });
    expect(log.count('signed_in', '2')).toBe(1);
  });

  it('lets the client choose a method at the module, and opens no session of the module', async () => {
    const { mfa_token, mfa_methods } = await asked();
    const chosen = await booted.client.post('/mfa/login/challenge/', {
      json: { mfa_token, method: mfa_methods[0]!.id },
    });
    expect(chosen.status).toBe(200);
    const verified = await booted.client.post('/mfa/login/verify/', { json: { mfa_token, code: app.code() } });
    expect([verified.status, verified.body['code']]).toEqual([400, 'invalid_mfa_token']);
  });

  it("goes on with no token of the module's own logins", async () => {
    const { body } = await booted.client.login('bob');
    const finished = await own('finish', { mfa_token: body['mfa_token'], code: app.code() });
    expect([finished.status, finished.body['code']]).toEqual([400, 'invalid_mfa_token']);
    for (const json of [{}, { code: app.code() }, { mfa_token: 5, code: app.code() }])
      expect((await own('finish', json)).status).toBe(400);
  });

  it('is over when the sessions of its user end, or the password changes', async () => {
    const { mfa_token } = await asked();
    await booted.app.get(MultiFactorAuthService).endSessions('2');
    expect((await own('finish', { mfa_token, code: app.code() })).body['code']).toBe('invalid_mfa_token');
    const second = await asked();
    booted.users.named('bob').passwordHash = 'another';
    const finished = await own('finish', { mfa_token: second.mfa_token, code: app.code() });
    expect(finished.body['code']).toBe('invalid_mfa_token');
  });

  it('refuses a user who is no longer active', async () => {
    const { body } = await own('login', { username: 'carol' });
    expect(body['code']).toBe('invalid_credentials');
    const { mfa_token } = await asked();
    booted.users.named('bob').active = false;
    expect((await own('finish', { mfa_token, code: app.code() })).status).toBe(400);
  });

  it('counts wrong passwords with the other logins, if the module checks them', async () => {
    const right = { username: 'alice', password: 'alice-password' };
    expect((await own('password', right)).body).toMatchObject({ required: false, user: { username: 'alice' } });
    for (let wrong = 0; wrong < 10; wrong++) await own('password', { ...right, password: 'wrong' });
    expect((await own('password', right)).status).toBe(429);
    expect((await booted.client.login('alice')).status).toBe(429);
  });

  it('shares the count of wrong codes with the other logins', async () => {
    const { mfa_token } = await asked();
    for (let wrong = 0; wrong < 5; wrong++) await own('finish', { mfa_token, code: '000000' });
    expect((await own('finish', { mfa_token, code: app.code() })).status).toBe(429);
    expect((await booted.client.login('bob', { mfa_code: app.code() })).status).toBe(429);
  });

  describe('by a backup code that turns MFA off', () => {
    const proof = async () => {
      const backup = await booted.app.get(MultiFactorAuthService).refreshBackupCodes('2');
      return { mfa_token: (await asked()).mfa_token, method: 'recovery', code: backup[0] };
    };

    it('gives claims of one factor, in the epoch that the code has brought', async () => {
      const { body } = await own('finish', await proof());
      const epoch = await booted.app.get(MultiFactorAuthService).epoch('2');
      expect(body['claims']).toMatchObject({ amr: ['pwd', 'backup'], acr: '1fa', mfa_epoch: epoch });
      expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: false });
    });

    it('leaves the code unused if the client has gone while it was hashed', async () => {
      const gone = { ip: '198.18.0.7', headers: {}, socket: { destroyed: true } };
      const given = await proof();
      await expect(booted.app.get(MfaLogin).finish(given, gone)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true });
      // The same code again within ten seconds would be a repetition.
      booted.clock.advance(11);
      expect((await own('finish', given)).status).toBe(200);
    });
  });
});
