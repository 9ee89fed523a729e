import { BadRequestException, type CanActivate, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { IsBoolean, IsString } from 'class-validator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Challenge,
  type Enrolment,
  MfaChallenge,
  SmsChallenge,
  type StandardSchema,
  type Verdict,
} from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { loginRoute } from '../support/logins.js';

class BadgeRequest {
  @IsString() serial!: string;
  @IsBoolean() silent!: boolean;
}

const badgeSchema: StandardSchema = {
  '~standard': {
    validate: () => ({
      issues: [
        { message: 'Too old.', path: ['serial'] },
        { message: 'No.', path: [{ key: '__proto__' }] },
        { message: 'Never.' },
      ],
    }),
  },
};

abstract class Badge extends Challenge<object> {
  enrol(): Enrolment<object> {
    return { state: {}, hint: '' };
  }
  read(raw: unknown): string | undefined {
    return typeof raw === 'string' ? raw : undefined;
  }
  verify(): Verdict<object> {
    return { kind: 'wrong' };
  }
}

@Injectable()
@MfaChallenge({ type: 'badge', request: BadgeRequest })
class BadgeChallenge extends Badge {}

@Injectable()
@MfaChallenge({ type: 'schema-badge', request: badgeSchema })
class SchemaBadgeChallenge extends Badge {}

/** A guard of the application with a body of its own. */
class OwnGuard implements CanActivate {
  static refuses = false;

  canActivate(): boolean {
    if (OwnGuard.refuses) throw new BadRequestException({ reason: 'closed on Sundays' });
    return true;
  }
}

@Module({ providers: [{ provide: APP_GUARD, useClass: OwnGuard }] })
class GuardedModule {}

describe.each(PLATFORMS)("with errorFormat: 'deux' on %s", (platform) => {
  let booted: BootedApp;
  beforeEach(async () => {
    booted = await bootApp({
      platform,
      imports: [GuardedModule],
      mfa: {
        errorFormat: 'deux',
        challenges: [SmsChallenge, BadgeChallenge, SchemaBadgeChallenge],
        words: { invalid_credentials: 'Wrong name or password.' },
      },
    });
  });
  afterEach(async () => {
    OwnGuard.refuses = false;
    await booted.close();
  });

  it('a wrong password has its sentence where clients of Deux read it, in the words of the application [D-11]', async () => {
    const wrong = { password: 'wrong' };
    const answers = [
      await (await loginRoute(booted, 'authtoken')).send('alice', wrong),
      await (await loginRoute(booted, 'oauth2')).send('alice', wrong),
    ];
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual([
      { status: 400, body: { non_field_errors: ['Wrong name or password.'] } },
      { status: 400, body: { detail: 'Wrong name or password.' } },
    ]);
  });

  it('a limit and a refusal on a route of the application are a detail, with their headers [D-11]', async () => {
    for (let guesses = 0; guesses < 11; guesses++) await booted.client.login('alice', { password: 'wrong' });
    const locked = await booted.client.login('alice', { password: 'wrong' });
    expect(locked).toMatchObject({ status: 429, body: { detail: 'Too many attempts. Try again later.' } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    const mine = await booted.client.get('/app/me', { token: 'nobody', scheme: 'Token' });
    expect(mine).toMatchObject({ status: 401, body: { detail: 'Invalid token.' } });
    expect(mine.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('a body that no parser takes is a detail, and quotes nothing of it [D-11]', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await booted.client.post('/mfa/authtoken/login/', { headers, raw: '{"password":"hunter2' });
    expect(broken).toMatchObject({ status: 400, body: { detail: 'The request body could not be read.' } });
    expect(broken.text).not.toContain('hunter2');
    const oauth = await booted.client.post('/mfa/oauth2/token/', { headers, raw: '{"password":"hunter2' });
    expect(oauth).toMatchObject({ status: 400, body: { detail: 'The request body could not be read.' } });
  });

  it('the fields of a challenge of the application keep the words of their validators [D-11]', async () => {
    const token = await booted.client.token('alice');
    const json = { serial: 5, silent: true };
    expect((await booted.client.put('/mfa/badge/request/', { token, json })).body).toEqual({
      serial: ['serial must be a string'],
    });
    const { text } = await booted.client.put('/mfa/schema-badge/request/', { token, json });
    expect(text).toBe('{"serial":["Too old."],"__proto__":["No."],"non_field_errors":["Never."]}');
  });

  it('an exception of the application keeps its body, and a list is told to be one [D-11]', async () => {
    const login = await booted.client.post('/mfa/authtoken/login/', { json: ['username'] });
    expect(login.body).toEqual({ non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] });
    OwnGuard.refuses = true;
    expect((await booted.client.login('alice')).body).toEqual({ reason: 'closed on Sundays' });
  });
});
