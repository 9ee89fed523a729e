import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OAuthClients } from '../../src/index.js';
import { type BootedApp, type Platform, PLATFORMS } from '../support/boot-app.js';
import { Client, type Sent } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode, wrongCode } from '../support/factor-rows.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { knownBackupSet } from '../support/known-backup-set.js';
import { OAuthCaller } from '../support/oauth.js';

const PROXY = '127.0.0.1';
const [OWNER, THIEF] = ['198.51.100.7', '192.0.2.77'];
const CODE = '0123ABCD4567';
const backup = knownBackupSet([CODE]);

/** The statements of the page, in its order. */
const QUESTIONS = [...readFileSync('docs/events.md', 'utf8').matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!);

const byText = (one: unknown[], other: unknown[]) => (String(one) < String(other) ? -1 : 1);

/** A client behind the proxy. */
class ClientFrom extends Client {
  constructor(
    origin: string,
    private readonly address: string,
  ) {
    super(origin);
  }

  override request(method: string, path: string, sent: Sent = {}): ReturnType<Client['request']> {
    return super.request(method, path, { ...sent, headers: { ...sent.headers, 'x-forwarded-for': this.address } });
  }
}

await describeOnEach('the audit table', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  beforeAll(async () => {
    const mfa = { audit: true, backupCodes: { onUse: 'keep' as const } };
    instances = await bootInstancesOn(kind, 1, { mfa, trustedProxy: PROXY });
    await instances.boot({ platform: 'fastify' });
  });
  afterAll(() => instances.close());

  it.each(PLATFORMS)('[X-15] answers three questions of an investigator, on %s', async (platform) => {
    const booted = instances.all[PLATFORMS.indexOf(platform)]!;
    const id = await victim(booted, platform);
    const { clientId, clientSecret } = await booted.app
      .get(OAuthClients, { strict: false })
      .create({ name: 'app', grants: ['password', 'refresh_token'], scopes: ['read'] });
    const [owner, thief] = [OWNER, THIEF].map((address) => new ClientFrom(booted.client.origin, address));
    const ask = answers(booted, id);

    const own = await owner!.token(platform, { mfa_code: await rightCode(booted, platform) });
    await owner!.login(platform, { password: 'a typing error' });
    await thief!.login(platform, { password: 'guess' });
    await thief!.login(platform, { mfa_code: await wrongCode(booted, platform) });
    const caller = new OAuthCaller(thief!, clientId, clientSecret);
    const stolen = await caller.tokens(platform, { mfa_code: await rightCode(booted, platform) });
    booted.clock.advance(1);
    const { access_token } = (await caller.refresh(stolen.refresh)).body;
    const token = String(access_token);
    booted.clock.advance(1);
    await thief!.post('/mfa/step-up/', { token, json: { mfa_code: await wrongCode(booted, platform) } });
    booted.clock.advance(1);
    await thief!.get('/mfa/recovery/', { token });
    booted.clock.advance(1);
    await thief!.delete('/mfa/', { token });
    booted.clock.advance(1);
    await thief!.post('/mfa/logout/', { token });
    await owner!.post('/mfa/logout/', { token: own });

    const [signIns, refusals, doings] = [await ask(0), await ask(1), await ask(2)];
    const places = signIns.map(({ network, client_id, amr }) => [network, client_id, amr]);
    expect(places.toSorted(byText)).toEqual([
      ['192.0.2.0/24', clientId, 'pwd sms mfa'],
      ['198.51.100.0/24', null, 'pwd sms mfa'],
    ]);
    const times = refusals.map((row) => [
      row['network'],
      row['type'],
      row['user_id'],
      row['purpose'],
      Number(row['times']),
    ]);
    expect(times.toSorted(byText)).toEqual([
      ['192.0.2.0/24', 'password_refused', null, null, 1],
      ['192.0.2.0/24', 'proof_refused', id, 'login', 1],
      ['192.0.2.0/24', 'proof_refused', id, 'step-up', 1],
      ['198.51.100.0/24', 'password_refused', null, null, 1],
    ]);
    const steps = ['signed_in', 'session_refreshed', 'proof_refused', 'backup_codes_renewed', 'disabled', 'logged_out'];
    expect(doings.map(({ type }) => type)).toEqual(steps);
    expect(new Set(doings.map(({ session_id }) => session_id)).size).toBe(1);
    expect(new Set(doings.map(({ network }) => network))).toEqual(new Set(['192.0.2.0/24']));
    const made = await booted.database.query(`SELECT client_id FROM mfa_event WHERE type = 'client_created'`);
    expect(made).toContainEqual({ client_id: clientId });
  });

  it.each(PLATFORMS)('[X-15] says from which network a used refresh token came again, on %s', async (platform) => {
    const booted = instances.all[PLATFORMS.indexOf(platform)]!;
    const { clientId, clientSecret } = await booted.app
      .get(OAuthClients, { strict: false })
      .create({ name: 'app', grants: ['password', 'refresh_token'], scopes: ['read'] });
    const [owner, thief] = [OWNER, THIEF].map(
      (address) => new OAuthCaller(new ClientFrom(booted.client.origin, address), clientId, clientSecret),
    );
    const { refresh } = await owner!.tokens('alice');
    await owner!.refresh(refresh);
    booted.clock.advance(3600);
    expect((await thief!.refresh(refresh)).body['error']).toBe('invalid_grant');

    const told = await booted.database.query<Record<string, unknown>[]>(
      `SELECT type, user_id, network, client_id, session_id FROM mfa_event
       WHERE client_id = '${clientId}' AND type IN ('session_refreshed', 'refresh_token_reused') ORDER BY at`,
    );
    expect(told.map(({ type, user_id, network }) => [type, user_id, network])).toEqual([
      ['session_refreshed', '1', '198.51.100.0/24'],
      ['refresh_token_reused', '1', '192.0.2.0/24'],
    ]);
    expect(told[1]!['session_id']).toBe(told[0]!['session_id']);
    expect(told[0]!['session_id']).toBeTypeOf('string');
  });

  async function victim(booted: BootedApp, name: Platform): Promise<string> {
    booted.clock.advance(86_400);
    for (const { users } of instances.all) users.add(name);
    await enrolledByRow(booted, name, backup);
    return String(booted.users.named(name).id);
  }

  /** Asks a question of the page about this user, from now on. */
  function answers(
    { database, clock }: BootedApp,
    id: string,
  ): (question: number) => Promise<Record<string, unknown>[]> {
    const since = String(clock.now().getTime());
    return (question) =>
      database.query(QUESTIONS[question]!.replaceAll("'7'", `'${id}'`).replaceAll('1772323200000', since));
  }
});
