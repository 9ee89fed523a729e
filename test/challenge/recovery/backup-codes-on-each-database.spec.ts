import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MultiFactorAuth } from '../../../src/index.js';
import type { BootedApp } from '../../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../../support/databases.js';
import { denied, expectRefusal } from '../../support/denied.js';
import { enrolled } from '../../support/enrolled.js';
import { enrolledByRow, rightCode, rowOf } from '../../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../../support/instances.js';
import { knownBackupSet } from '../../support/known-backup-set.js';
import { loginRoute } from '../../support/logins.js';
import { openSession, provenToken } from '../../support/own-mfa.js';
import { par } from '../../support/par.js';
import { hasSignedInFrom } from '../../support/sign-in-place.js';
import { prompted } from '../../support/prompted.js';

const HOUR = 3600;
const CODES = ['0123ABCD4567', '7654DCBA3210'];
// Made once for all users: the slow hash is slow.
const backup = knownBackupSet(CODES);
const only = (index: number) => ({ ...backup, hashes: [backup.hashes[index]!] });

await describeOnEach('backup codes', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  /** One instance keeps MFA on over a backup code, the other one turns it off. */
  let keeping: BootedApp;
  let disabling: BootedApp;
  let user: string;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: { backupCodes: { onUse: 'keep' } } });
    keeping = instances.all[0]!;
    disabling = await instances.boot({ mfa: { backupCodes: { onUse: 'disable' } } });
  });
  afterAll(() => instances.close());

  // A user of its own for each test, on a day of its own, because messages count.
  beforeEach(({ task }) => {
    keeping.clock.advance(24 * HOUR);
    user = `user-${task.id}`;
    addUser(instances, user);
  });

  it('[K-01] [K-09] [T7] work once each, two at the same moment too, and MFA stays on', async () => {
    await enrolledByRow(keeping, user, backup);
    const login = await loginRoute(keeping, 'authtoken');
    const both = () => par([keeping], 2, (index) => login.request(user, { backup_code: CODES[index]! }));
    const answers = await both();
    expect(answers.map((answered) => typeof login.token(answered))).toEqual(['string', 'string']);
    expect(new Set(answers.map(({ body }) => body['recovery_codes_remaining']))).toEqual(new Set([0, 1]));
    const opened = await Promise.all(answers.map((one) => keeping.client.get('/app/me', { token: login.token(one)! })));
    expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200, 403]));
    keeping.clock.advance(11);
    (await both()).forEach(expectRefusal);
    expect((await login.send(user)).body).toEqual(prompted('sms'));
  });

  it("[K-04] [K-07] are not guessed, nor is another user's right; a code by SMS still is", async () => {
    const owner = `owner of ${user}`;
    addUser(instances, owner);
    await enrolledByRow(keeping, owner, only(1));
    await enrolledByRow(keeping, user, only(0));
    await hasSignedInFrom(keeping, user);
    const rows = keeping.database.getRepository(MultiFactorAuth);
    // Nine of ten guesses are spent.
    const backupArrival = new Date(keeping.clock.now().getTime() + 9 * HOUR * 1000);
    await rows.update({ userId: (await rowOf(keeping, user)).userId }, { backupArrival });
    const enter = (backup_code: string) => denied(keeping, () => keeping.client.login(user, { backup_code }));
    expect((await enter(CODES[1]!)).status).toBe(400);
    const { status, headers } = await enter(CODES[0]!);
    expect([status, headers.get('retry-after')]).toEqual([429, String(HOUR)]);
    await keeping.client.token(user, { mfa_code: await rightCode(keeping, user) });
    keeping.clock.advance(HOUR);
    await keeping.client.token(user, { backup_code: CODES[0] });
    await keeping.client.token(owner, { backup_code: CODES[1] });
  });

  it('[K-08] [T18] of before are worth nothing once MFA was turned off and on again', async () => {
    await enrolled(keeping, user);
    const token = await provenToken(keeping, user);
    const { backup_code } = (await keeping.client.get('/mfa/recovery/', { token })).body;
    expect((await keeping.client.delete('/mfa/', { token })).status).toBe(204);
    keeping.clock.advance(24 * HOUR);
    await enrolled(keeping, user);
    await denied(keeping, () => keeping.client.login(user, { backup_code }));
  });

  it('[K-09] turn MFA off where they are told to, with all that was kept, and end every other session', async () => {
    await enrolledByRow(disabling, user, backup);
    const other = await openSession(disabling, user);
    const token = await disabling.client.token(user, { backup_code: CODES[0] });
    const off = { enabled: false, challenge_type: '', phone_number: '' };
    expect((await disabling.client.get('/mfa/', { token })).body).toEqual(off);
    expect(await rowOf(disabling, user)).toMatchObject({ factors: [], pendingFactors: [], phoneNumber: '' });
    await denied(disabling, () => disabling.client.get('/mfa/', { token: other }));
  });
});
