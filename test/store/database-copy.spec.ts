import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { OAuthClients } from '../../src/index.js';
import { Cipher } from '../../src/crypto/cipher.js';
import type { BootedApp } from '../support/boot-app.js';
import { breakInserts } from '../support/broken-inserts.js';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { rowOf, wrongCode } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';
import { loot, placesOf, placesOfCode } from '../support/sweep.js';

const PHONE = '14085550101';

await describeOnEach('a copy of the database, of its statements and of the log', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let user: string;
  /** All that was ever handed out or typed in, and all codes. */
  let secrets: Set<string>;
  let codes: Set<string>;
  let basic: Record<string, string>;

  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1);
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());

  // A user of its own for each test, on a day of its own, because messages count.
  beforeEach(async ({ task }) => {
    user = `user-${task.id}`;
    addUser(instances, user);
    booted.clock.advance(86_400);
    for (const list of [booted.outbox.messages, booted.statements, booted.log]) list.length = 0;
    [secrets, codes] = [new Set(), new Set()];
    const { clientId, clientSecret } = await booted.app
      .get(OAuthClients, { strict: false })
      .create({ name: 'app', grants: ['password', 'refresh_token', 'client_credentials'], scopes: ['read'] });
    secrets.add(clientSecret!).add(`${user}-password`).add('a-wrong-password');
    basic = { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` };
  });

  /** Notes what an answer gave away, and what the sealed states hold now; then nothing of it may be anywhere. */
  async function swept(answered: Answered, status = 200): Promise<Answered> {
    expect(answered.status).toBe(status);
    for (const name of ['token', 'access_token', 'refresh_token', 'backup_code']) {
      const given = answered.body[name];
      if (typeof given === 'string') for (const part of [given, ...given.split('.')]) secrets.add(part);
    }
    for (const { code } of booted.outbox.messages) codes.add(code);
    for (const text of await sealedTexts()) secrets.add(text);
    const found = await loot(booted);
    const hits = [
      ...[...secrets].map((secret) => ({ secret, places: placesOf(secret, found) })),
      ...[...codes].map((secret) => ({ secret, places: placesOfCode(secret, found) })),
    ];
    expect(hits.filter(({ places }) => places.length > 0)).toEqual([]);
    return answered;
  }

  async function sealedTexts(): Promise<string[]> {
    // Before the first request there is no row.
    const row = await rowOf(booted, user).catch(() => undefined);
    const all = [...(row?.factors ?? []), ...(row?.pendingFactors ?? [])];
    const cipher = booted.app.get(Cipher, { strict: false });
    const states = await Promise.all(
      all.map(({ id, sealedState }) => cipher.open(sealedState, { userId: row!.userId, factorId: id })),
    );
    const entries = states.flatMap((state) => Object.entries(state as Record<string, unknown>));
    // The number is kept in clear, as documented.
    const values = entries.flatMap(([name, value]) => (name === 'phoneNumber' ? [] : [value].flat()));
    return values.filter((value): value is string => typeof value === 'string');
  }

  const oauth = (form: Record<string, string>) => booted.client.post('/mfa/oauth2/token/', { headers: basic, form });
  const byPassword = (more: Record<string, string> = {}) =>
    oauth({ grant_type: 'password', username: user, password: `${user}-password`, ...more });
  const later = () => {
    booted.clock.advance(120);
    return booted.client.login(user);
  };

  it('[X-01] [K-10] [T21] [T22] holds nothing that was ever handed out or typed in, at any step of the life of MFA', async () => {
    const { client, outbox } = booted;
    const token = String((await swept(await client.login(user))).body['token']);
    await swept(await requestPhone(booted, token, '14085550199'));
    await swept(await requestPhone(booted, token, PHONE));
    await swept(await verifyPhone(booted, token, outbox.lastCode()));
    await swept(await client.get('/mfa/', { token }));
    await swept(await later());
    await swept(await client.login(user, { mfa_code: await wrongCode(booted, user) }), 400);
    await swept(await client.login(user, { password: 'a-wrong-password' }), 400);
    const login = await swept(await client.login(user, { mfa_code: outbox.lastCode() }));
    await swept(await later());
    const access = await swept(await byPassword({ mfa_code: outbox.lastCode() }));
    const refreshed = await swept(
      await oauth({ grant_type: 'refresh_token', refresh_token: String(access.body['refresh_token']) }),
    );
    await swept(await oauth({ grant_type: 'client_credentials' }));
    await swept(await client.get('/app/me', { token: String(refreshed.body['access_token']), scheme: 'Bearer' }));
    const proven = String(login.body['token']);
    await swept(await client.post('/mfa/step-up/', { token: proven, json: {} }));
    await swept(await client.post('/mfa/step-up/', { token: proven, json: { mfa_code: outbox.lastCode() } }));
    await swept(await client.get('/mfa/recovery/', { token: proven }));
    const { body } = await swept(await client.get('/mfa/recovery/', { token: proven }));
    await swept(await client.login(user, { backup_code: 'ABCDEFGH1234' }), 400);
    const last = await swept(await client.login(user, { backup_code: body['backup_code'] }));
    await swept(await client.delete('/mfa/', { token: String(last.body['token']) }), 400);
    expect(codes.size).toBeGreaterThanOrEqual(4);
    expect(secrets.size).toBeGreaterThanOrEqual(20);
  });

  it('[X-01] [T22] holds nothing either when the gateway or the database fails', async () => {
    const { client, outbox } = booted;
    const token = String((await swept(await client.login(user))).body['token']);
    outbox.before = ({ code, text }) => {
      codes.add(code);
      return Promise.reject(new Error(`could not send ${text}`));
    };
    await swept(await requestPhone(booted, token, PHONE), 400);
    outbox.before = () => Promise.resolve();
    await requestPhone(booted, token, PHONE);
    await swept(await verifyPhone(booted, token, outbox.lastCode()));
    await swept(await later());
    const mend = await breakInserts(booted.database);
    await swept(await client.login(user, { mfa_code: outbox.lastCode() }), 500);
    await swept(await byPassword({ mfa_code: outbox.lastCode() }), 400);
    await mend();
    expect(codes.size).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['in clear', (secret: string) => secret],
    ['in upper case', (secret: string) => secret.toUpperCase()],
    ['in hex', (secret: string) => Buffer.from(secret).toString('hex')],
    ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['in a sentence', (secret: string) => `the code ${secret}, as sent`],
    ['in JSON', (secret: string) => JSON.stringify({ code: secret, at: 1772366400000 })],
  ])('[X-01] is searched in earnest: what is put there %s is found', async (_, spell) => {
    const { database } = booted;
    const given = database.driver.createParameter('body', 0);
    await database.query('CREATE TABLE planted (body TEXT)');
    await database.query(`INSERT INTO planted VALUES (${given})`, [spell('482913')]);
    booted.log.push(spell('0123456789ABCDEF'));
    const found = await loot(booted);
    await database.query('DROP TABLE planted');
    expect(placesOfCode('482913', found)).toEqual(expect.arrayContaining(['a row', 'a statement']));
    expect(placesOf('0123456789ABCDEF', found)).toEqual(['the log']);
  });
});
