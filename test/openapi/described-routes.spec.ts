import { Controller, Get, type INestApplication, Module, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { MfaModule, MfaOpenApi, SmsChallenge, TotpChallenge, WebAuthnChallenge } from '../../src/index.js';
import { bootApp, type BootedApp, type BootOptions, PLATFORMS } from '../support/boot-app.js';
import { BadgeChallenge } from '../challenge/badge-challenge.js';
import { describedDocument, documentedIn, plainDocument } from '../support/open-api.js';
import { WEBAUTHN } from '../support/passkeys.js';
import { type RegisteredRoute, watchRoutes } from '../support/registered-routes.js';

/** A route of the application below the module's path. */
@Controller('mfa')
class NeighbourController {
  @Get('help')
  help(): string {
    return 'help';
  }
}

@Module({ imports: [RouterModule.register([{ path: 'account', module: MfaModule }])] })
class MovedModule {}

const challenges = [SmsChallenge, TotpChallenge, BadgeChallenge];
const totp = { issuer: 'Example' };

const APPLICATIONS: Record<string, BootOptions> = {
  'as it is': {},
  'with every kind of challenge': { mfa: { challenges, totp } },
  'with one login': { mfa: { logins: ['authtoken'] } },
  'with no login': { mfa: { logins: [] } },
  'with passkeys': { mfa: { challenges: [WebAuthnChallenge], webauthn: WEBAUTHN, logins: ['passkey'] } },
  'at another path': { mfa: { path: 'account/second-factor' } },
  'under a prefix': { setUp: (app) => app.setGlobalPrefix('api') },
  'with exclusions from a prefix': {
    setUp: (app) => app.setGlobalPrefix('api', { exclude: ['mfa', 'mfa/authtoken/login', 'mfa/factors/:id'] }),
  },
  'under a version': {
    setUp: (app) => app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '2' }),
  },
  'in a part of the application': { imports: [MovedModule], setUp: (app) => app.setGlobalPrefix('api') },
};

describe.each(PLATFORMS)('the document on %s', (platform) => {
  let booted: BootedApp;
  let registered: () => RegisteredRoute[];
  afterEach(() => booted.close());

  async function boot({ setUp, ...options }: BootOptions): Promise<void> {
    const watch = (app: INestApplication) => {
      setUp?.(app);
      registered = watchRoutes(app, platform);
    };
    booted = await bootApp({ platform, ...options, setUp: watch });
  }

  /** The routes that a server has, but for those that answer 405 and those without the last slash. */
  async function served(): Promise<string[]> {
    const routes = registered().filter(
      ({ method, path }) => /\/(mfa|second-factor)\//.test(path) && path.endsWith('/') && !/HEAD|OPTIONS/.test(method),
    );
    const asked = await Promise.all(
      routes.map(async ({ method, path }) => (await booted.client.request(method, path)).status),
    );
    return routes.filter((_, index) => asked[index] !== 405).map(({ method, path }) => `${method} ${path}`);
  }

  const described = async () => {
    const paths = documentedIn(await describedDocument(booted.app)).filter(({ tags }) => tags.includes('mfa'));
    return paths.map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
  };

  it.each(Object.entries(APPLICATIONS))('has each route that the server has, once: %s', async (_, options) => {
    await boot(options);
    const known = await described();
    expect(known.length).toBeGreaterThan(12);
    expect(known.toSorted()).toEqual((await served()).toSorted());
  });

  it('leaves the routes of the application as they were', async () => {
    await boot({ controllers: [NeighbourController] });
    const plain = plainDocument(booted.app);
    const post = { responses: { 200: { description: 'By paper.' } } };
    plain.paths['/mfa/recovery']!.post = post;
    plain.paths['/mfa/recovery/']!.post = post;
    const before = structuredClone(plain);
    const { paths } = await booted.app.get(MfaOpenApi).extend(plain);
    expect(plain).toEqual(before);
    for (const path of ['/app/me', '/app/vault', '/mfa/help']) expect(paths[path]).toEqual(plain.paths[path]);
    expect(paths['/mfa/recovery']).toEqual({ post });
    expect(paths['/mfa/recovery/']).toEqual({ post, get: expect.anything() });
  });

  it('describes every route in words of its own', async () => {
    await boot({ mfa: { challenges, totp } });
    const document = await describedDocument(booted.app);
    const own = documentedIn(document).filter(({ tags }) => tags.includes('mfa'));
    expect(own.filter(({ summary }) => !summary)).toEqual([]);
    const ids = documentedIn(document).map(({ operationId }) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
