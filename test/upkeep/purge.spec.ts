import { afterEach, describe, expect, it, vi } from 'vitest';
import { MfaRateLimit, MfaSession, Sessions, Upkeep, UpkeepOptions } from '../../src/index.js';
import { UpkeepTimer } from '../../src/upkeep/upkeep-timer.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { guessPasswords } from '../support/guesses.js';
import { loginRoute } from '../support/logins.js';
import { oauthClient } from '../support/oauth.js';

const DAY = 86_400;
const SIGN_IN = { userId: '1', amr: ['pwd'], authEpoch: 0, factorProven: false };

let booted: BootedApp;
afterEach(async () => {
  vi.useRealTimers();
  await booted.close();
});

const purge = () => booted.app.get(Upkeep, { strict: false }).purge();
const count = () => booted.database.getRepository(MfaSession).count();

async function openSessions(times: number): Promise<string> {
  const sessions = booted.app.get(Sessions, { strict: false });
  let last = '';
  for (let opened = 0; opened < times; opened++) last = (await sessions.open(SIGN_IN)).token;
  return last;
}

describe('a purge', () => {
  it('removes the sessions that are over, and no other', async () => {
    booted = await bootApp({ mfa: { sessions: { idleSeconds: DAY } } });
    const client = await oauthClient(booted);
    await openSessions(3);
    booted.clock.advance(DAY - 1);
    const token = await openSessions(1);
    const { refresh } = await client.tokens('alice');
    expect(await purge()).toEqual({ sessions: 0, rateLimits: 1, events: 0, done: true });
    booted.clock.advance(1);
    expect(await purge()).toEqual({ sessions: 3, rateLimits: 0, events: 0, done: true });
    booted.clock.advance(3600);
    // An access token of OAuth2 is over by now; its session, which can be refreshed, is not.
    expect(await purge()).toEqual({ sessions: 0, rateLimits: 0, events: 0, done: true });
    expect((await booted.client.get('/mfa/', { token })).status).toBe(200);
    expect((await client.refresh(refresh)).status).toBe(200);
  });

  it('removes the limits that are whole again, and frees nobody of one that is in use', async () => {
    booted = await bootApp();
    const login = await loginRoute(booted, 'authtoken');
    await guessPasswords(login, 'bob', 10);
    booted.clock.advance(59);
    // The network's, for one name, was whole again after ten seconds.
    expect(await purge()).toMatchObject({ rateLimits: 1, done: true });
    expect(await guessPasswords(login, 'bob', 1)).toEqual([429]);
    // That of the name from the network is whole after ten minutes, and its row has a note for an hour more.
    booted.clock.advance(4200);
    expect(await purge()).toMatchObject({ rateLimits: 2, done: true });
    expect(await booted.database.getRepository(MfaRateLimit).count()).toBe(0);
  });

  it.each([
    [10, { sessions: 10, rateLimits: 0, events: 0, done: false }, 2],
    [11, { sessions: 11, rateLimits: 0, events: 0, done: false }, 1],
    [12, { sessions: 12, rateLimits: 0, events: 0, done: false }, 0],
    [13, { sessions: 12, rateLimits: 0, events: 0, done: true }, 0],
  ])('removes in batches and at most %d rows', async (maxRows, report, left) => {
    booted = await bootApp({ mfa: { upkeep: { batchSize: 5, maxRows } } });
    await openSessions(12);
    booted.clock.advance(DAY);
    const before = booted.statements.length;
    expect([await purge(), await count()]).toEqual([report, left]);
    const statements = booted.statements.slice(before);
    const removals = statements.filter(({ sql }) => sql.startsWith('DELETE'));
    // Beside the moment, the ids.
    expect(removals.map(({ parameters }) => parameters.length - 1)).toEqual(
      [5, 5, report.sessions - 10].filter(Boolean),
    );
    expect(statements.filter(({ sql }) => /^(BEGIN|START|COMMIT)/.test(sql))).toEqual([]);
  });

  it('may run on several instances at once', async () => {
    booted = await bootApp({ mfa: { upkeep: { batchSize: 3 } } });
    await openSessions(10);
    booted.clock.advance(DAY);
    await Promise.all([purge(), purge(), purge()]);
    expect(await count()).toBe(0);
  });
});

describe('the timer of purges', () => {
  /** A timer of an instance, which the test moves. */
  async function timerOf(everySeconds: number | false): Promise<UpkeepTimer> {
    booted = await bootApp();
    await openSessions(2);
    booted.clock.advance(DAY);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const options = { ...new UpkeepOptions(), everySeconds };
    const timer = new UpkeepTimer(booted.app.get(Upkeep, { strict: false }), options);
    timer.onApplicationBootstrap();
    return timer;
  }

  it('is off where the application turns it off', async () => {
    const timer = await timerOf(false);
    expect(vi.getTimerCount()).toBe(0);
    await timer.onModuleDestroy();
  });

  it('purges again and again, not before half of its time and not after one and a half', async () => {
    const timer = await timerOf(600);
    for (let round = 0; round < 3; round++) {
      await openSessions(1);
      booted.clock.advance(DAY);
      vi.advanceTimersByTime(299_999);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(600_001);
      await vi.waitUntil(() => vi.getTimerCount() === 1);
      expect(await count()).toBe(0);
    }
    await timer.onModuleDestroy();
  });

  it('[X-12] goes on until nothing old is left, however much one purge may remove', async () => {
    booted = await bootApp({ mfa: { upkeep: { batchSize: 5, maxRows: 5 } } });
    await openSessions(23);
    booted.clock.advance(DAY);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const timer = new UpkeepTimer(booted.app.get(Upkeep, { strict: false }), new UpkeepOptions());
    timer.onApplicationBootstrap();
    vi.advanceTimersByTime(900_000);
    await vi.waitUntil(() => vi.getTimerCount() === 1);
    expect(await count()).toBe(0);
    await timer.onModuleDestroy();
  });

  it('[X-12] is on unless the application turns it off', async () => {
    booted = await bootApp();
    expect(booted.app.get(UpkeepOptions, { strict: false }).everySeconds).toBe(600);
  });

  it('stops with the application, after the purge that is under way', async () => {
    const timer = await timerOf(600);
    vi.advanceTimersByTime(900_000);
    await timer.onModuleDestroy();
    expect(await count()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on after a purge that failed, and says so without the words of the failure', async () => {
    const timer = await timerOf(600);
    await booted.database.query('ALTER TABLE mfa_session RENAME TO gone');
    vi.advanceTimersByTime(900_000);
    await vi.waitUntil(() => vi.getTimerCount() === 1);
    expect(booted.log.filter((line) => line.includes('purge'))).toEqual([
      expect.stringContaining('The purge failed: QueryFailedError'),
    ]);
    await booted.database.query('ALTER TABLE gone RENAME TO mfa_session');
    vi.advanceTimersByTime(900_000);
    await vi.waitUntil(() => vi.getTimerCount() === 1);
    expect(await count()).toBe(0);
    await timer.onModuleDestroy();
  });

  it('starts and stops with an application that turns it on', async () => {
    booted = await bootApp({ mfa: { upkeep: { everySeconds: 60 } } });
    expect(booted.app.get(UpkeepTimer, { strict: false })).toHaveProperty('timer');
    await expect(bootApp({ mfa: { upkeep: { everySeconds: 5 } } })).rejects.toThrow('`upkeep.everySeconds`');
  });
});
