import { beforeEach, describe } from 'vitest';
import { OAuthClients } from '../../src/index.js';
import type { BootedApp } from './boot-app.js';
import type { Answered } from './client.js';
import type { WireRequest } from './par.js';

/** One of the module's two logins, as a request for `par` and as one that is sent. */
export interface LoginRoute {
  name: 'authtoken' | 'oauth2';
  /** A login of a user with the right password; `more` overrides and adds fields. */
  request(username: string, more?: Record<string, string>): WireRequest;
  send(username: string, more?: Record<string, string>): Promise<Answered>;
  /** The token in an answer, if there is one. */
  token(answered: Answered): string | undefined;
}

export const LOGIN_NAMES = ['authtoken', 'oauth2'] as const;

/** A login route of an application. The OAuth2 client is made here, and is known to all instances on its database. */
export async function loginRoute(booted: BootedApp, name: LoginRoute['name']): Promise<LoginRoute> {
  const request = name === 'authtoken' ? byToken : await byOAuth(booted);
  return {
    name,
    request,
    send: (username, more) => {
      const { path, ...sent } = request(username, more);
      return booted.client.post(path, sent);
    },
    token: ({ body }) => {
      const token = body[name === 'authtoken' ? 'token' : 'access_token'];
      return typeof token === 'string' ? token : undefined;
    },
  };
}

/** Runs tests once for each login, whose route in the test's application is made before it. */
export function onEachLogin(app: () => BootedApp): (subject: string, tests: (login: LoginRoute) => void) => void {
  return (subject, tests) =>
    describe.each(LOGIN_NAMES)(`${subject} over %s`, (name) => {
      const login = {} as LoginRoute;
      beforeEach(async () => {
        Object.assign(login, await loginRoute(app(), name));
      });
      tests(login);
    });
}

function byToken(username: string, more: Record<string, string> = {}): WireRequest {
  return { path: '/mfa/authtoken/login/', json: { username, password: `${username}-password`, ...more } };
}

async function byOAuth({ app }: BootedApp): Promise<LoginRoute['request']> {
  const { clientId, clientSecret } = await app
    .get(OAuthClients, { strict: false })
    .create({ name: 'app', grants: ['password', 'refresh_token'], scopes: ['read'] });
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  return (username, more = {}) => ({
    path: '/mfa/oauth2/token/',
    headers: { authorization },
    form: { grant_type: 'password', username, password: `${username}-password`, ...more },
  });
}
