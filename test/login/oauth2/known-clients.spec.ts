import { createHash, pbkdf2Sync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { OAuthClients } from '../../../src/index.js';
import { MfaOAuthClient } from '../../../src/store/mfa-oauth-client.entity.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../../support/databases.js';
import { bootInstancesOn } from '../../support/instances.js';
import { basic, OAuthCaller } from '../../support/oauth.js';

const PASSWORD = { grants: ['password' as const], scopes: ['read'], name: 'Phone app' };

/** As `make_password` of Django makes it. */
function djangoHash(secret: string, iterations = 1000, salt = 'hLQbcNGYKjpxtdzUiOWDcs'): string {
  return `pbkdf2_sha256$${iterations}$${salt}$${pbkdf2Sync(secret, salt, iterations, 32, 'sha256').toString('base64')}`;
}

const clientsOf = ({ app }: BootedApp) => app.get(OAuthClients, { strict: false });
const hashOf = async ({ database }: BootedApp, id: string) =>
  (await database.getRepository(MfaOAuthClient).findOneByOrFail({ id })).secretHash;

describe.each(PLATFORMS)('clients that exist already, on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  const login = (id: string, secret?: string) => new OAuthCaller(booted.client, id, secret).password('alice');

  it('[D-09] keep the id that ships inside of applications', async () => {
    booted = await bootApp({ platform });
    const clientId = 'c82SH0WZOsabOXGP2sxqcj34FxkvfnWRZBKlBjFS';
    expect(await clientsOf(booted).create({ ...PASSWORD, clientId, public: true })).toEqual({ clientId });
    expect((await login(clientId)).status).toBe(200);
    expect((await login(clientId, 'x')).body['error']).toBe('invalid_client');
  });

  it('[D-09] keep their secret, of whatever characters', async () => {
    booted = await bootApp({ platform });
    for (const secret of ['x'.repeat(128), 'p+q%41:r;s=t/ u', '0'.repeat(20)]) {
      const clientId = `app of ${secret.length}: "${secret[0]}"`;
      const made = await clientsOf(booted).create({ ...PASSWORD, clientId, secret });
      expect(made).toEqual({ clientId, clientSecret: secret });
      const headers = { authorization: basic(encodeURIComponent(clientId), encodeURIComponent(secret)) };
      const form = { grant_type: 'password', username: 'alice', password: 'alice-password' };
      expect((await booted.client.post('/mfa/oauth2/token/', { form, headers })).status).toBe(200);
      const body = { ...form, client_id: clientId, client_secret: secret };
      expect((await booted.client.post('/mfa/oauth2/token/', { form: body })).status).toBe(200);
      expect(JSON.stringify(await booted.database.query('SELECT * FROM mfa_oauth_client'))).not.toContain(secret);
    }
  });

  it('[D-09] come with the hash that django-oauth-toolkit keeps, which a long secret replaces by a fast one', async () => {
    booted = await bootApp({ platform });
    const secret = 'a1'.repeat(64);
    const secretHash = djangoHash(secret);
    const made = await clientsOf(booted).create({ ...PASSWORD, clientId: 'moved', secretHash });
    expect(made).toEqual({ clientId: 'moved' });
    for (const wrong of ['wrong', `${secret}x`, secretHash, undefined]) {
      expect((await login('moved', wrong)).body['error']).toBe('invalid_client');
    }
    expect(await hashOf(booted, 'moved')).toBe(secretHash);
    for (let round = 0; round < 2; round++) expect((await login('moved', secret)).status).toBe(200);
    expect(await hashOf(booted, 'moved')).toBe(createHash('sha256').update(secret).digest('hex'));
    expect((await login('moved', `${secret}x`)).body['error']).toBe('invalid_client');
  });

  it('[D-09] keep the slow hash of a secret that somebody made up', async () => {
    booted = await bootApp({ platform });
    const secretHash = djangoHash('short');
    await clientsOf(booted).create({ ...PASSWORD, clientId: 'short', secretHash });
    expect((await login('short', 'short')).status).toBe(200);
    expect(await hashOf(booted, 'short')).toBe(secretHash);
  });

  it('[D-09] come with a SHA-256 of another installation', async () => {
    booted = await bootApp({ platform });
    const secretHash = createHash('sha256').update('another').digest('hex');
    await clientsOf(booted).create({ ...PASSWORD, clientId: 'copied', secretHash });
    expect((await login('copied', 'another')).status).toBe(200);
  });

  it('[D-09] wait for two slow hashes at a time, and are refused for later where too many wait', async () => {
    booted = await bootApp({ platform });
    await clientsOf(booted).create({ ...PASSWORD, clientId: 'slow', secretHash: djangoHash('x', 300_000) });
    const answers = await Promise.all(Array.from({ length: 40 }, () => login('slow', 'wrong')));
    const later = answers.filter(({ status }) => status === 503);
    expect(later.length).toBeGreaterThan(0);
    for (const { body, headers } of later) {
      expect([body['error'], headers.get('retry-after')]).toEqual(['temporarily_unavailable', '5']);
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]));
  });

  it.each([
    [{ clientId: '' }, /`clientId` must be/],
    [{ clientId: 'x'.repeat(101) }, /`clientId` must be/],
    [{ clientId: 'ünï' }, /`clientId` must be/],
    [{ secret: '' }, /`secret` must be/],
    [{ secret: 'a\nb' }, /`secret` must be/],
    [{ secretHash: 'secret' }, /`secretHash` must be/],
    [{ secretHash: 'bcrypt_sha256$$2b$12$x' }, /`secretHash` must be/],
    [{ secretHash: djangoHash('x').replace('$1000$', '$99999999$') }, /`secretHash` must be/],
    [{ secret: 'x', public: true }, /has one of/],
    [{ secret: 'x', secretHash: djangoHash('x') }, /has one of/],
    [{ secretHash: djangoHash('x'), public: true }, /has one of/],
  ])('[D-09] are refused where they cannot work: %j', async (more, message) => {
    booted = await bootApp({ platform });
    await expect(clientsOf(booted).create({ ...PASSWORD, ...more })).rejects.toThrow(message);
    expect(await booted.database.getRepository(MfaOAuthClient).count()).toBe(0);
  });
});

await describeOnEach('an id', DATABASE_KINDS, (kind) => {
  it('[D-09] is the id of one client, by every character', async () => {
    const instances = await bootInstancesOn(kind, 1);
    const booted = instances.all[0]!;
    const clients = clientsOf(booted);
    const secret = 'x'.repeat(40);
    const longest = 'y'.repeat(100);
    for (const clientId of ['App', 'app', longest]) await clients.create({ ...PASSWORD, clientId, secret });
    for (const more of [{ secret: 'other' }, { public: true }]) {
      await expect(clients.create({ ...PASSWORD, clientId: 'app', ...more })).rejects.toThrow(/id app already/);
    }
    const status = async (id: string) => (await new OAuthCaller(booted.client, id, secret).password('alice')).status;
    expect([await status('App'), await status('app'), await status('APP'), await status(longest)]).toEqual([
      200, 200, 401, 200,
    ]);
    await clients.create({ ...PASSWORD, clientId: 'hashed', secretHash: djangoHash(secret, 870_000) });
    expect(await status('hashed')).toBe(200);
    await instances.close();
  });
});
