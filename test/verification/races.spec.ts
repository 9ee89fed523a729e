import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupCodeState } from '../../src/challenge/recovery/backup-codes.js';
import type { BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { expectRefusal } from '../support/denied.js';
import { backupSet, enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { holdReads } from '../support/hold-reads.js';
import { addUser, bootInstances, type Instances } from '../support/instances.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';
import { par } from '../support/par.js';

const REQUESTS = 50;
const ROUNDS = 20;
const GUESSES = 200;
/** Long enough for 200 slow hashes on a machine that others use as well. */
const SLOW = 180_000;

/** A user of one round, known to every instance, whose MFA is on. */
async function enrol(instances: Instances, username: string, backup?: BackupCodeState): Promise<void> {
  addUser(instances, username);
  await enrolledByRow(instances.all[0]!, username, backup);
}

function tokensIn(login: LoginRoute, answers: readonly Answered[]): number {
  const won = answers.filter((answered) => login.token(answered) !== undefined);
  answers.filter((answered) => !won.includes(answered)).forEach(expectRefusal);
  return won.length;
}

describe('requests at the same moment, over three instances', () => {
  let instances: Instances;
  let first: BootedApp;
  let backup: Awaited<ReturnType<typeof backupSet>>;
  beforeAll(async () => {
    instances = await bootInstances(3, { mfa: { backupCodes: { onUse: 'keep' } } });
    first = instances.all[0]!;
    backup = await backupSet(first);
  });
  afterAll(() => instances.close());

  describe.each(LOGIN_NAMES)('over %s', (name) => {
    it(
      '[B-27] [S-18] [T8] [T9] [T33] lets one code in once, and its owner keeps every attempt',
      { timeout: SLOW },
      async () => {
        const login = await loginRoute(first, name);
        for (let round = 0; round < ROUNDS; round++) {
          const username = `${name}-code-${round}`;
          await enrol(instances, username);
          const mfa_code = await rightCode(first, username);
          const answers = await par(instances.all, REQUESTS, () => login.request(username, { mfa_code }));
          expect(tokensIn(login, answers)).toBe(1);
          await expectNoAttemptTaken(first, username);
        }
      },
    );
  });

  it('[S-18] [T33] takes no attempt of an owner whose requests all read before one of them writes', async () => {
    const login = await loginRoute(first, 'authtoken');
    await enrol(instances, 'held');
    const mfa_code = await rightCode(first, 'held');
    const sources = instances.all.map(({ database }) => database);
    holdReads(sources, REQUESTS);
    const answers = await par(instances.all, REQUESTS, () => login.request('held', { mfa_code }));
    expect(tokensIn(login, answers)).toBe(1);
    await expectNoAttemptTaken(first, 'held');
  });

  it('[B-06] [T31] judges five of many wrong codes at the same moment', async () => {
    const login = await loginRoute(first, 'authtoken');
    await enrol(instances, 'guessed');
    const right = await rightCode(first, 'guessed');
    const guesses = Array.from({ length: GUESSES }, (_, index) => String(100_000 + index)).map((guess) =>
      guess === right ? '100999' : guess,
    );
    const answers = await par(instances.all, GUESSES, (index) =>
      login.request('guessed', { mfa_code: guesses[index]! }),
    );
    expect(tokensIn(login, answers)).toBe(0);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(GUESSES - 5);
    expect(await rowOf(first, 'guessed')).toMatchObject({ codeFailures: 5 });
    expectRefusal(await login.send('guessed', { mfa_code: right }));
  });

  it(
    '[K-01] [T6] [T33] lets one backup code in once, and its owner keeps every attempt',
    { timeout: SLOW },
    async () => {
      const login = await loginRoute(first, 'authtoken');
      for (let round = 0; round < ROUNDS; round++) {
        const username = `backup-${round}`;
        await enrol(instances, username, backup.state);
        const answers = await par(instances.all, REQUESTS, () =>
          login.request(username, { backup_code: backup.codes[0]! }),
        );
        expect(tokensIn(login, answers)).toBe(1);
        await expectNoAttemptTaken(first, username);
      }
    },
  );
});

describe('a backup code that turns MFA off, sent many times at the same moment', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await bootInstances(3);
  });
  afterAll(() => instances.close());

  it('[K-01] [K-09] lets in one of all that saw MFA on, and later ones by the password alone', async () => {
    const first = instances.all[0]!;
    const login = await loginRoute(first, 'authtoken');
    const { codes, state } = await backupSet(first);
    await enrol(instances, 'ivan', state);
    const sources = instances.all.map(({ database }) => database);
    // Whoever reads after the winner's write sees MFA off and gets in rightly. So none of them may.
    holdReads(sources, REQUESTS);
    const answers = await par(instances.all, REQUESTS, () => login.request('ivan', { backup_code: codes[0]! }));
    expect(tokensIn(login, answers)).toBe(1);
    expect(await rowOf(first, 'ivan')).toMatchObject({ enabled: false, factors: [] });

    const later = await login.send('ivan', { backup_code: codes[0]! });
    expect(later.status).toBe(200);
    expect(login.token(later)).toBeTypeOf('string');
  });
});

/** A refused right code costs neither a place before the lock nor one in the rolling limit. */
async function expectNoAttemptTaken(booted: BootedApp, username: string): Promise<void> {
  const now = booted.clock.now().getTime();
  const row = await rowOf(booted, username);
  expect(row).toMatchObject({ codeFailures: 0, backupFailures: 0 });
  const limits = [row.codeLockedUntil, row.backupLockedUntil, row.codeArrival, row.backupArrival];
  limits.forEach((limit) => expect(limit.getTime()).toBeLessThanOrEqual(now));
}
