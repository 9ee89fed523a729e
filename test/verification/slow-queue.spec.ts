import { afterEach, describe, expect, it } from 'vitest';
import { BackupCodes } from '../../src/challenge/recovery/backup-codes.js';
import { SlowQueue } from '../../src/verification/slow-queue.js';
import { bootApp, type BootedApp, type Platform, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { knownBackupSet } from '../support/known-backup-set.js';
import { loginRoute, type LoginRoute } from '../support/logins.js';
import { openSession } from '../support/own-mfa.js';
import { hasSignedInFrom } from '../support/sign-in-place.js';

const CODE = '0123ABCD4567';
const ACCOUNTS = Array.from({ length: 16 }, (_, index) => `account-${index}`);
const backup = knownBackupSet([CODE]);

let booted: BootedApp;
let login: LoginRoute;
afterEach(() => booted.close());

async function boot(platform: Platform): Promise<void> {
  booted = await bootApp({ platform, ...BEHIND_PROXY, mfa: { backupCodes: { onUse: 'keep' } } });
  login = await loginRoute(booted, 'authtoken');
  for (const name of [...ACCOUNTS, 'owner']) {
    booted.users.add(name);
    await enrolledByRow(booted, name, backup);
  }
}

/** Holds all judging of backup codes. `come(n)` resolves when so many requests have asked for a place. */
function holdQueue(): {
  judged: string[];
  come: (count: number) => Promise<void>;
  waits: (username: string) => Promise<void>;
  letGo: () => void;
} {
  const [queue, codes] = [booted.app.get(SlowQueue, { strict: false }), booted.app.get(BackupCodes, { strict: false })];
  const judged: string[] = [];
  const arrivals: { count: number; resolve: () => void }[] = [];
  let [asked, letGo] = [0, () => undefined as void];
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  queue.admit = (...given) => {
    const admitted = SlowQueue.prototype.admit.apply(queue, given);
    asked += 1;
    arrivals.filter(({ count }) => count === asked).forEach(({ resolve }) => resolve());
    return admitted as ReturnType<(typeof given)[1]>;
  };
  codes.verify = async (state, code) => {
    judged.push(code);
    await gate;
    return code === CODE ? { kind: 'right', state } : { kind: 'wrong' };
  };
  // The owner has paid, and waits for a turn.
  const waits = (username: string) =>
    new Promise<void>((resolve) => {
      const id = String(booted.users.named(username).id);
      queue.run = (user, slow) => {
        const running = SlowQueue.prototype.run.call(queue, user, slow);
        if ((JSON.parse(user) as string[])[0] === id) resolve();
        return running as ReturnType<typeof slow>;
      };
    });
  const come = (count: number) => new Promise<void>((resolve) => arrivals.push({ count, resolve }));
  return { judged, come, waits, letGo };
}

/** Ten wrong codes of each account. */
function flood(): Promise<Answered[]> {
  const guesses = ACCOUNTS.flatMap((name) => Array.from({ length: 10 }, (_, index) => ({ name, index })));
  return Promise.all(
    guesses.map(({ name, index }) =>
      sent(
        booted,
        login.request(name, { backup_code: `WR0NG${name.padStart(6, '0').slice(-2).replace('-', '0')}0000${index}` }),
      ),
    ),
  );
}

describe.each(PLATFORMS)('backup codes of many accounts at once, on %s', (platform) => {
  it('[B-31] are judged by turns: an owner waits for one of each, and the rest is refused before an attempt is spent', async () => {
    await boot(platform);
    const { judged, come, waits, letGo } = holdQueue();
    const [flooded, owned] = [come(160), waits('owner')];
    const guesses = flood();
    await flooded;
    const owner = login.send('owner', { backup_code: CODE });
    await owned;
    letGo();
    expect((await owner).status).toBe(200);
    // Two are being judged, and each account has its turn at most once before.
    expect(judged.indexOf(CODE)).toBeLessThanOrEqual(2 + ACCOUNTS.length);

    const answers = await guesses;
    const refused = answers.filter(({ status }) => status !== 400);
    expect(refused.length).toBeGreaterThanOrEqual(160 - 32);
    for (const { status, headers } of refused) {
      expect([429, 503]).toContain(status);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const rows = await Promise.all(ACCOUNTS.map((name) => rowOf(booted, name)));
    const spent = rows.reduce((sum, { backupFailures }) => sum + backupFailures, 0);
    expect(spent).toBe(160 - refused.length);
    expect(judged).toHaveLength(spent + 1);
  });

  it("[B-31] of somebody who has the password take no place of the owner's known network", async () => {
    await boot(platform);
    await hasSignedInFrom(booted, 'owner', addressIn(1));
    const { come, letGo } = holdQueue();
    const flooded = come(20);
    const elsewhere = Promise.all(
      times(20, 'WR0NGWR0NG0').map((code, index) =>
        sent(
          booted,
          from(addressIn(2), login.request('owner', { backup_code: `${code}${'0123456789ABCDEFGHJK'[index]}` })),
        ),
      ),
    );
    await flooded;
    const home = come(21);
    const owner = sent(booted, from(addressIn(1), login.request('owner', { backup_code: CODE })));
    await home;
    letGo();
    expect((await owner).status).toBe(200);
    expect(new Set((await elsewhere).map(({ status }) => status))).toEqual(new Set([400, 429]));
  });

  it('[B-31] wait with those who ask for new ones', async () => {
    await boot(platform);
    const tokens = await Promise.all(ACCOUNTS.slice(0, 3).map((name) => openSession(booted, name)));
    const { judged, come, letGo } = holdQueue();
    const wrong = ['account-8', 'account-9'].map((name) => login.send(name, { backup_code: 'WR0NGWR0NG00' }));
    const asked = come(5);
    const renewed = tokens.map((token) => booted.client.get('/mfa/recovery/', { token }));
    await asked;
    const codes = booted.app.get(BackupCodes, { strict: false });
    let made = 0;
    codes.enrol = () => {
      made += 1;
      return BackupCodes.prototype.enrol.call(codes);
    };
    // Both turns are taken, so none is made.
    expect([judged.length <= 2, made]).toEqual([true, 0]);
    letGo();
    expect((await Promise.all(renewed)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual([400, 400]);
  });
});

describe('the queue of slow work', () => {
  it('[B-31] serves the users by turns, two at a time', async () => {
    const queue = new SlowQueue();
    const [order, free]: [string[], (() => void)[]] = [[], []];
    const slow = (name: string) =>
      queue.run(name[0]!, () => {
        order.push(name);
        return new Promise<void>((resolve) => free.push(resolve));
      });
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map(slow);
    while (order.length < all.length) {
      expect(free.length).toBeLessThanOrEqual(2);
      free.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    free.forEach((end) => end());
    await Promise.all(all);
    expect(order).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2']);
  });

  it('[B-31] keeps places for users who have none, and gives a place back after a failure', async () => {
    const queue = new SlowQueue();
    const never = () => new Promise<never>(() => undefined);
    const refusal = (user: string) =>
      queue.admit(user, () => Promise.resolve('admitted')).catch(({ code }: { code: string }) => code);
    for (let place = 0; place < 8; place++) void queue.admit('a', never);
    expect(await refusal('a')).toBe('locked');
    for (let place = 0; place < 8; place++) void queue.admit('b', never);
    for (let user = 0; user < 15; user++) void queue.admit(`user-${user}`, never);
    expect([await refusal('user-0'), await refusal('c')]).toEqual(['unavailable', 'admitted']);
    const failing = queue.admit('c', () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    void queue.admit('c', never);
    expect(await refusal('d')).toBe('unavailable');
  });
});
