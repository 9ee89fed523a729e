import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock, MfaModule, SmsChallenge, SmsSender, TotpChallenge, UserDirectory } from 'nestjs-mfa';
import { Inbox, loginWithMfa, TestClock, VirtualAuthenticatorApp } from 'nestjs-mfa/testing';
import { TOTP, URI } from 'otpauth';

/** One user. */
@Injectable()
class Users extends UserDirectory {
  private readonly ada = { id: 1, active: true, passwordHash: 'lovelace' };

  findByUsername(username: string) {
    return Promise.resolve(username === 'ada' ? this.ada : null);
  }

  findById(id: string) {
    return Promise.resolve(id === '1' ? this.ada : null);
  }

  hashPassword(password: string) {
    return Promise.resolve(password);
  }

  verifyPassword(passwordHash: string, password: string) {
    return Promise.resolve(passwordHash === password);
  }
}

@Module({ providers: [Users], exports: [Users] })
class UsersModule {}

const database = {
  type: 'better-sqlite3',
  database: ':memory:',
  autoLoadEntities: true,
  synchronize: true,
} as const;
const mfa = MfaModule.forRoot({
  imports: [UsersModule],
  users: Users,
  challenges: [SmsChallenge, TotpChallenge],
  totp: { issuer: 'Example Bank' },
  keys: ['hy05gCzbbBQa4hk7Z7saRzAI434V9LDCSaY1pAovNzQ='],
});

describe('a test as `nest new` of Nest 11 sets it up: Jest, CommonJS, no flags', () => {
  it('signs in with an authenticator app', async () => {
    const testing = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot(database), mfa] }).compile();
    const app = testing.createNestApplication();
    await app.listen(0);
    const origin = await app.getUrl();
    const send = async (method: string, path: string, body: object, token = '') => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Token ${token}` }) };
      const response = await fetch(origin + path, { method, headers, body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as Record<string, any> };
    };
    const login = (more = {}) =>
      send('POST', '/mfa/authtoken/login/', { username: 'ada', password: 'lovelace', ...more });

    const token = (await login()).body.token;
    const { show } = (await send('PUT', '/mfa/totp/request/', {}, token)).body;
    const authenticator = URI.parse(show.otpauth_uri) as TOTP;
    const mfa_code = authenticator.generate();
    expect((await send('PUT', '/mfa/totp/verify/', { mfa_code }, token)).status).toBe(200);
    expect((await login()).body).toMatchObject({ mfa_required: true, mfa_type: 'totp' });
    expect((await login({ mfa_code })).status).toBe(400);
    // There is no test clock here. The code of the next half minute is accepted, and is not the one that is used.
    const next = authenticator.generate({ timestamp: Date.now() + 30_000 });
    expect((await login({ mfa_code: next })).status).toBe(200);
    await app.close();
  });

  it('signs in with what nestjs-mfa/testing holds, before the application listens', async () => {
    const [clock, inbox] = [new TestClock(), new Inbox()];
    const testing = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot(database), mfa] })
      .overrideProvider(Clock)
      .useValue(clock)
      .overrideProvider(SmsSender)
      .useValue(inbox.sms)
      .compile();
    const app = testing.createNestApplication();
    const ada = { username: 'ada', password: 'lovelace' };
    const session = await loginWithMfa(app, ada);
    const send = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await session.fetch(path, { method: 'PUT', headers, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, any>;
    };
    const { show } = await send('/mfa/totp/request/', {});
    const authenticator = new VirtualAuthenticatorApp(show.otpauth_uri, clock);
    expect(await send('/mfa/totp/verify/', { mfa_code: authenticator.nextCode() })).toMatchObject({ enabled: true });
    const proven = await loginWithMfa(app, ada, { devices: [inbox, authenticator] });
    expect((await proven.fetch('/mfa/')).status).toBe(200);
    await app.close();
  });
});
