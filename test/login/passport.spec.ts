import { JwtService } from '@nestjs/jwt';
import type { IAuthModuleOptions } from '@nestjs/passport';
import { afterEach, describe, expect, it } from 'vitest';
import { passportApplication } from '../applications/passport-app.js';
import { start, type StartedApplication } from '../applications/start.js';
import { PLATFORMS } from '../support/boot-app.js';

/** Every option of `AuthModuleOptions`, and what of passport's own can be given beside them. */
const OPTIONS: IAuthModuleOptions[] = [
  {},
  { defaultStrategy: 'jwt' },
  { defaultStrategy: 'local' },
  { defaultStrategy: ['jwt', 'local'] },
  { defaultStrategy: 'a strategy that there is not' },
  { session: true },
  { property: 'account' },
  { defaultStrategy: 'jwt', session: true, property: 'account' },
  { assignProperty: 'account' },
  { authInfo: false, failWithError: true, keepSessionInfo: true },
  { successRedirect: '/welcome', failureRedirect: '/login' },
  { usernameField: 'name', passwordField: 'secret' },
];

describe.each(PLATFORMS)("an application's options of passport on %s", (platform) => {
  let started: StartedApplication;
  afterEach(() => started.close());

  it.each(OPTIONS)('[H-01] decide nothing about our login: %j', async (options) => {
    started = await start(passportApplication(options), { platform });
    const { client } = started;
    // Anybody's token of the application.
    const token = started.app.get(JwtService, { strict: false }).sign({ sub: 2, username: 'bob' });
    const scheme = 'Bearer';
    const json = { username: 'alice', password: 'wrong' };
    const wrong = await client.post('/mfa/authtoken/login/', { token, scheme, json });
    expect([wrong.status, wrong.body['code']]).toEqual([400, 'invalid_credentials']);
    const right = await client.login('alice');
    expect([right.status, Object.keys(right.body)]).toEqual([200, ['token']]);
    expect((await client.get('/mfa/', { token: right.body['token'] as string })).status).toBe(200);
    expect((await client.get('/mfa/', { token, scheme })).status).toBe(401);
    expect((await client.get('/own/vault', { token, scheme })).status).toBe(401);
  });

  it.each(OPTIONS)('[H-01] leave wrong passwords counted: %j', async (options) => {
    started = await start(passportApplication(options), { platform });
    const { client } = started;
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess++) {
      statuses.push((await client.login('alice', { password: `guess-${guess}` })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429, 429]);
  });
});
