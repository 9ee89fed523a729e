import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { OAuthClients } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { cheapest } from '../support/cpu-time.js';
import { backupSet, enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import type { Insider } from '../support/odd-bodies.js';
import { oddRequest } from '../support/odd-requests.js';
import { openSession } from '../support/own-mfa.js';
import { WireClient } from '../support/wire-client.js';

// A run that judges a change sends what the run before it sent; everywhere else each run tries something new.
const SEED = process.env['CI'] === 'true' ? { seed: 1_001_713_962 } : {};

const REQUESTS = 10_000;
const LIMIT = 240_000;
/** So that odd requests meet more than the limit of passwords. */
const WIDE = { perNetwork: 10_000, perUser: 10_000, namesPerNetwork: 100_000 };
/** Names of fields that open something. A quote inside a value is escaped, so a value cannot look like a name. */
const GIFTS = /"(token|access_token|refresh_token|backup_codes?)":/;

describe.each(PLATFORMS)('ten thousand odd requests on %s', (platform) => {
  let booted: BootedApp;
  let wire: WireClient;
  afterEach(async () => {
    wire.close();
    await booted.close();
  });

  /** Who fuzzes: it knows the password of dave, whose MFA is on, a client, alice's session and an old one of erin. */
  async function insider(): Promise<Insider> {
    const { users, clock, app } = booted;
    users.add('erin');
    const { state } = await backupSet(booted);
    for (const username of ['bob', 'dave', 'erin']) await enrolledByRow(booted, username, state);
    const { clientId, clientSecret } = await app
      .get(OAuthClients, { strict: false })
      .create({ name: 'app', grants: ['password', 'refresh_token'], scopes: ['read'] });
    const erin = await openSession(booted, 'erin');
    // Too old to manage MFA, not yet too old to be a session.
    clock.advance(1000);
    const sessions = [await openSession(booted, 'alice'), erin];
    return {
      sessions: () => sessions,
      username: 'dave',
      password: 'dave-password',
      clientId,
      clientSecret: clientSecret!,
      rightCodes: await rightCodes(),
    };
  }

  function rightCodes(): Promise<string[]> {
    const purposes = ['login', 'step-up'] as const;
    const windows = [-1, 0, 1].flatMap((drift) => purposes.map((purpose) => ({ purpose, drift })));
    return Promise.all(['dave', 'erin'].flatMap((name) => windows.map((window) => rightCode(booted, name, window))));
  }

  it(
    'are answered in a second of CPU time without an error, open nothing, and leave a bystander alone',
    async () => {
      booted = await bootApp({ platform, mfa: { backupCodes: { onUse: 'keep' }, passwords: WIDE } });
      wire = new WireClient(booted.client.origin);
      const known = await insider();
      const bystander = await openSession(booted, 'bob');
      const before = await rowOf(booted, 'bob');
      const statuses = new Map<number, number>();

      await fc.assert(
        fc.asyncProperty(oddRequest, async (make) => {
          const [{ status, text }, milliseconds] = await cheapest(1000, () => wire.send(make(known)));
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(status).toBeLessThan(500);
          expect(text).not.toMatch(GIFTS);
          expect(milliseconds).toBeLessThan(1000);
          // A log-out, among the requests, must not make all later ones those of a stranger.
          if (status === 204) known.sessions().splice(0, 2, await openSession(booted, 'alice'), await sessionOfErin());
        }),
        { numRuns: REQUESTS, endOnFailure: false, ...SEED },
      );

      // The requests went deep enough to mean something.
      expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 204, 400, 401, 404, 429]));
      expect(booted.users.verifications.length).toBeGreaterThan(100);
      expect(await rowOf(booted, 'bob')).toEqual(before);
      expect((await booted.client.get('/mfa/', { token: bystander })).body['enabled']).toBe(true);
      await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
      expect(({} as Record<string, unknown>)['enabled']).toBeUndefined();
      expect((await rowOf(booted, 'dave')).challengeType).toBe('sms');
    },
    LIMIT,
  );

  async function sessionOfErin(): Promise<string> {
    const token = await openSession(booted, 'erin');
    await booted.database.query(`UPDATE mfa_session SET signed_in_at = 0, factor_proven_at = 0 WHERE user_id = ?`, [
      String(booted.users.named('erin').id),
    ]);
    return token;
  }
});
