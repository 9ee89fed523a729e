import { OAuth2Client, type OAuth2Token } from '@badgateway/oauth2-client';
import { createRequire } from 'node:module';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { OAuthClients } from '../../src/index.js';
import type { BootedApp } from './boot-app.js';
import { oauthClient } from './oauth.js';

const [TOKEN, REVOKE] = ['/mfa/oauth2/token/', '/mfa/oauth2/revoke_token/'];

/** A client that somebody else wrote, in one session: what it does is what its readme says. */
export interface PublishedClient {
  /** Signs bob in. False if a second factor is asked for. */
  signIn(mfa_code?: string): Promise<boolean>;
  /** The access token that it has. */
  access(): string;
  /** Absent where the package has no such function. */
  refresh?: () => Promise<void>;
  revoke(): Promise<void>;
  close?: () => void;
}

/** Makes a client that is known to the application. */
export type Publisher = (booted: BootedApp) => Promise<PublishedClient>;

export const PUBLISHED: Record<string, Publisher> = {
  oauth4webapi: webApi,
  'simple-oauth2': simple,
  '@badgateway/oauth2-client': badgateway,
  robinhood,
};

const login = (mfa_code?: string) => ({ username: 'bob', password: 'bob-password', ...(mfa_code && { mfa_code }) });

async function webApi(booted: BootedApp): Promise<PublishedClient> {
  const { id, secret } = await oauthClient(booted);
  const { origin } = booted.client;
  const server = { issuer: origin, token_endpoint: origin + TOKEN, revocation_endpoint: origin + REVOKE };
  const client = { client_id: id };
  const insecure = { [oauth.allowInsecureRequests]: true };
  const auth = oauth.ClientSecretBasic(secret);
  let tokens: oauth.TokenEndpointResponse;
  return {
    signIn: async (mfa_code) => {
      const parameters = { ...login(mfa_code), scope: 'read' };
      const response = await oauth.genericTokenEndpointRequest(server, client, auth, 'password', parameters, insecure);
      const { mfa_required } = (await response.clone().json()) as { mfa_required?: boolean };
      if (mfa_required) return false;
      tokens = await oauth.processGenericTokenEndpointResponse(server, client, response);
      return true;
    },
    access: () => tokens.access_token,
    refresh: async () => {
      const response = await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token!, insecure);
      tokens = await oauth.processRefreshTokenResponse(server, client, response);
    },
    revoke: async () => {
      const response = await oauth.revocationRequest(server, client, auth, tokens.refresh_token!, insecure);
      await oauth.processRevocationResponse(response);
    },
  };
}

interface SimpleToken {
  token: { access_token: string; mfa_required?: boolean };
  refresh(): Promise<SimpleToken>;
  revokeAll(): Promise<void>;
}

async function simple(booted: BootedApp): Promise<PublishedClient> {
  const { id, secret } = await oauthClient(booted);
  const { ResourceOwnerPassword } = createRequire(import.meta.url)('simple-oauth2') as {
    ResourceOwnerPassword: new (config: object) => { getToken(parameters: object): Promise<SimpleToken> };
  };
  const auth = { tokenHost: booted.client.origin, tokenPath: TOKEN, revokePath: REVOKE };
  const client = new ResourceOwnerPassword({ client: { id, secret }, auth });
  let tokens: SimpleToken;
  return {
    signIn: async (mfa_code) => {
      const answer = await client.getToken({ ...login(mfa_code), scope: 'read' });
      if (answer.token.mfa_required) return false;
      tokens = answer;
      return true;
    },
    access: () => tokens.token.access_token,
    refresh: async () => {
      tokens = await tokens.refresh();
    },
    revoke: () => tokens.revokeAll(),
  };
}

async function badgateway(booted: BootedApp): Promise<PublishedClient> {
  const secret = 'p+q%41:r/s=t, which is long enough';
  const clients = booted.app.get(OAuthClients, { strict: false });
  const { clientId } = await clients.create({ name: 'c', grants: ['password'], scopes: ['read'], secret });
  const client = new OAuth2Client({
    server: booted.client.origin,
    clientId,
    clientSecret: secret,
    tokenEndpoint: TOKEN,
    revocationEndpoint: REVOKE,
  });
  let tokens: OAuth2Token;
  return {
    signIn: async (mfa_code) => {
      try {
        tokens = await client.password({ ...login(mfa_code), scope: ['read'] });
        return true;
      } catch (error) {
        // It knows tokens and errors; a challenge is a 200 without a token.
        if (error instanceof TypeError && error.message.includes('invalid token response')) return false;
        throw error;
      }
    },
    access: () => tokens.accessToken,
    refresh: async () => {
      tokens = await client.refreshToken(tokens);
    },
    revoke: () => client.revoke(tokens, 'refresh_token'),
  };
}

type Callback = (error: Error | null, data?: { mfa_required?: boolean }) => void;

interface Robinhood {
  auth_token(): string;
  set_mfa_code(code: string, callback: Callback): void;
  expire_token(callback: (error: Error | null, response: { statusCode: number }) => void): void;
}

/** The package calls its own host, so that a proxy stands in for that. It has one function to sign in again: with a code. */
async function robinhood(booted: BootedApp): Promise<PublishedClient> {
  const clientId = 'c82SH0WZOsabOXGP2sxqcj34FxkvfnWRZBKlBjFS';
  const clients = booted.app.get(OAuthClients, { strict: false });
  await clients.create({ name: 'r', grants: ['password'], scopes: ['internal'], clientId, public: true });
  const proxy = await rewritingProxy(booted.client.origin);
  const connect = packageThrough((proxy.address() as AddressInfo).port);
  let client: Robinhood | undefined;
  return {
    signIn: (mfa_code) =>
      new Promise((resolve, reject) => {
        const told: Callback = (error, data) => (error ? reject(error) : resolve(!data?.mfa_required));
        if (client) client.set_mfa_code(mfa_code ?? '', told);
        else client = connect({ username: 'bob', password: 'bob-password' }, told);
      }),
    access: () => client!.auth_token(),
    revoke: () =>
      new Promise((resolve, reject) => {
        client!.expire_token((error, { statusCode }) =>
          error || statusCode !== 200 ? reject(error ?? new Error(`${statusCode}`)) : resolve(),
        );
      }),
    close: () => void proxy.close(),
  };
}

function packageThrough(port: number): (credentials: object, callback: Callback) => Robinhood {
  const require = createRequire(import.meta.url);
  const request = createRequire(require.resolve('robinhood'))('request') as { defaults: (options: object) => object };
  const defaults = request.defaults.bind(request);
  const proxied = { proxy: `http://127.0.0.1:${port}`, tunnel: false };
  // The package takes no option for it.
  request.defaults = (options) => defaults({ ...proxied, ...options });
  return require('robinhood') as (credentials: object, callback: Callback) => Robinhood;
}

/** Has the routes of the module where the package looks for them, and a route of the application as its accounts. */
async function rewritingProxy(origin: string): Promise<Server> {
  const server = createServer((request, response) => void forward(origin, request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function forward(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const { pathname } = new URL(url!, 'https://api.robinhood.com');
  const path = pathname.startsWith('/oauth2/') ? `/mfa${pathname}` : '/app/me';
  const { authorization, 'content-type': type } = headers;
  const sent = { ...(authorization && { authorization }), ...(type && { 'content-type': type }) };
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = method === 'POST' ? Buffer.concat(chunks) : undefined;
  const answer = await fetch(origin + path, { method, headers: sent, body });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
  response.end(await answer.text());
}
