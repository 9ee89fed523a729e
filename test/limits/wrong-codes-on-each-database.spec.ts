import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MultiFactorAuth, MultiFactorAuthService } from '../../src/index.js';
import { NEVER } from '../../src/store/abstract-multi-factor-auth.js';
import type { BootedApp, BootOptions } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { denied } from '../support/denied.js';
import { codeByLogin } from '../support/enrolled.js';
import { enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { knownBackupSet } from '../support/known-backup-set.js';
import { loginRoute } from '../support/logins.js';
import { openSession } from '../support/own-mfa.js';
import { TestClock } from '../../src/testing.js';

const DAY = 86_400;
const REFILL = 14.4 * 3600;
const BACKUP_CODE = '0123ABCD4567';
const backup = knownBackupSet([BACKUP_CODE]);

await describeOnEach('wrong codes', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let first: BootedApp;
  let second: BootedApp;
  let user: string;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 2, { mfa: { backupCodes: { onUse: 'keep' } } });
    [first, second] = instances.all as [BootedApp, BootedApp];
  });
  afterAll(() => instances.close());

  // A user of its own for each test, on a day of its own, because messages count.
  beforeEach(async ({ task }) => {
    first.clock.advance(DAY);
    user = `user-${task.id}`;
    addUser(instances, user);
    await enrolledByRow(first, user, backup);
  });

  const enter = ({ client }: BootedApp, mfa_code: string) => client.login(user, { mfa_code });
  const enterRight = async (at: BootedApp) => (await enter(at, await rightCode(first, user))).status;
  const refused = (send: () => Promise<Answered>) => denied(first, send);
  const guess = async (at: BootedApp) => {
    const wrong = await wrongCode(first, user);
    return (await refused(() => enter(at, wrong))).status;
  };

  /** One more instance that knows the users of the others. */
  async function another(own?: BootOptions): Promise<BootedApp> {
    const booted = await instances.boot(own);
    for (const { username } of first.users.all.slice(booted.users.all.length)) booted.users.add(username);
    return booted;
  }

  it('[B-06] [B-16] lock their user out to the second, and none is judged meanwhile', async () => {
    for (let wrong = 0; wrong < 5; wrong++) expect(await guess(first)).toBe(400);
    first.clock.advance(29);
    const right = await rightCode(first, user);
    const early = await refused(() => enter(second, right));
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await rowOf(first, user)).toMatchObject({ codeFailures: 5 });
    first.clock.advance(1);
    expect((await enter(second, right)).status).toBe(200);
    expect(await rowOf(first, user)).toMatchObject({ codeFailures: 0 });
  });

  it('[B-09] [T10] are not forgotten over a new message', async () => {
    await codeByLogin(first, user);
    for (let wrong = 0; wrong < 4; wrong++) expect(await guess(first)).toBe(400);
    first.clock.advance(61);
    await codeByLogin(first, user);
    expect([await guess(first), await guess(first)]).toEqual([400, 429]);
  });

  it('[B-11] [B-12] [T10] count together over both logins and two instances, and lock step-up too', async () => {
    const oauth = await loginRoute(second, 'oauth2');
    const token = await openSession(first, user);
    const stepUp = (mfa_code: string) => second.client.post('/mfa/step-up/', { token, json: { mfa_code } });
    expect([await guess(first), await guess(second)]).toEqual([400, 400]);
    const mfa_code = await wrongCode(first, user);
    expect((await refused(() => stepUp(mfa_code))).status).toBe(400);
    for (let wrong = 0; wrong < 3; wrong++) await refused(() => oauth.send(user, { mfa_code }));
    const [forLogin, forStepUp] = [await rightCode(first, user), await rightCode(first, user, { purpose: 'step-up' })];
    const sends = [
      () => enter(first, forLogin),
      () => oauth.send(user, { mfa_code: forLogin }),
      () => stepUp(forStepUp),
    ];
    for (const send of sends) expect((await refused(send)).status).toBe(429);
  });

  it('[B-17] double the lock each, up to an hour', async () => {
    for (let wrong = 0; wrong < 4; wrong++) expect(await guess(first)).toBe(400);
    const locks: number[] = [];
    for (let failure = 5; failure < 14; failure++) {
      expect(await guess(first)).toBe(400);
      locks.push(Number((await enter(first, '000000')).headers.get('retry-after')));
      first.clock.advance(locks.at(-1)! - 1);
      expect(await enterRight(first)).toBe(429);
      first.clock.advance(1);
    }
    expect(locks).toEqual([30, 60, 120, 240, 480, 900, 1800, 3600, 3600]);
    expect(await enterRight(first)).toBe(200);
  });

  it('[B-10] are fifty in a short time, and one more each 14.4 hours', async () => {
    for (let round = 0; round < 12; round++) {
      for (let wrong = 0; wrong < 4; wrong++) expect(await guess(first)).toBe(400);
      expect(await enterRight(second)).toBe(200);
    }
    expect([await guess(first), await guess(second)]).toEqual([400, 400]);
    expect([await guess(second), await enterRight(first)]).toEqual([429, 429]);
    first.clock.advance(REFILL - 1);
    expect(await enterRight(first)).toBe(429);
    first.clock.advance(1);
    expect([await guess(first), await guess(second)]).toEqual([400, 429]);
  });

  it('[B-18] end at a hundred in a row, but for the backup code and the administrator', async () => {
    const { userId } = await rowOf(first, user);
    const rows = first.database.getRepository(MultiFactorAuth);
    await rows.update({ userId }, { codeFailures: 99, codeLockedUntil: NEVER });
    expect(await guess(first)).toBe(400);
    first.clock.advance(30 * DAY);
    expect([await guess(first), await enterRight(second)]).toEqual([429, 429]);
    await second.client.token(user, { backup_code: BACKUP_CODE });
    expect(await enterRight(second)).toBe(200);
    await rows.update({ userId }, { knownCodeFailures: 100 });
    expect(await enterRight(second)).toBe(429);
    await first.app.get(MultiFactorAuthService).unlock(userId);
    expect(await enterRight(second)).toBe(200);
  });

  it('[B-12] outlast a restart', async () => {
    for (let wrong = 0; wrong < 4; wrong++) expect(await guess(second)).toBe(400);
    await instances.all.splice(instances.all.indexOf(second), 1)[0]!.close();
    second = await another();
    expect([await guess(second), await guess(second)]).toEqual([400, 429]);
  });

  it('[B-21] count for an instance too whose clock is ahead, as do used ones', async () => {
    const clock = new TestClock();
    clock.advance((first.clock.now().getTime() - clock.now().getTime()) / 1000 + 30);
    const late = await another({ clock });
    const mfa_code = await rightCode(late, user);
    expect((await enter(late, mfa_code)).status).toBe(200);
    await refused(() => enter(first, mfa_code));
    for (let wrong = 0; wrong < 5; wrong++) expect(await guess(late)).toBe(400);
    expect(await enterRight(first)).toBe(429);
  });
});
