import { afterAll, beforeAll, expect, it } from 'vitest';
import { MultiFactorAuthService, Sessions } from '../../src/index.js';
import { OpenSession } from '../../src/login/open-session.js';
import { KEY, WITH_APPS } from '../support/authenticator.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { rowOf } from '../support/factor-rows.js';
import { afterChanges } from '../support/hold-reads.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { openSession } from '../support/own-mfa.js';

await describeOnEach('the session that changes factors', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let service: MultiFactorAuthService;
  let sessions: Sessions;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: { ...WITH_APPS, sessions: { maxPerUser: 3 } } });
    booted = instances.all[0]!;
    service = booted.app.get(MultiFactorAuthService);
    sessions = booted.app.get(Sessions, { strict: false });
  });
  afterAll(() => instances.close());

  /** A user with two authenticator apps, who is signed in. */
  async function signedIn(username: string) {
    addUser(instances, username);
    const userId = String(booted.users.named(username).id);
    for (const last of 'BC') await service.importFactor(userId, 'totp', { secret: KEY.secret.slice(0, -1) + last });
    const token = await openSession(booted, username, await service.epoch(userId));
    const [first] = (await rowOf(booted, username)).factors;
    const remove = () => booted.client.delete(`/mfa/factors/${first!.id}/`, { token, json: {} });
    const isIn = async () => (await booted.client.get('/mfa/', { token })).status === 200;
    return { userId, token, remove, isIn };
  }

  it('[X-19] stays where a login counts the sessions before its row has the new epoch', async () => {
    const { userId, remove, isIn } = await signedIn('counted');
    const end = afterChanges([booted.database], async () => {
      end();
      const signIn = { userId, amr: ['pwd'], authEpoch: await service.epoch(userId), factorProven: true };
      await booted.app.get(OpenSession, { strict: false }).for(signIn);
    });
    expect([(await remove()).status, await isIn()]).toEqual([204, true]);
  });

  it('ends with the next change that keeps none, also where that is one of an older version', async () => {
    const { userId, remove, isIn } = await signedIn('ended');
    expect([(await remove()).status, await isIn()]).toEqual([204, true]);
    const older = 'UPDATE mfa_multi_factor_auth SET auth_epoch = auth_epoch + 1';
    await booted.database.query(`${older} WHERE user_id = '${userId}'`);
    expect(await isIn()).toBe(false);
  });

  it('has no proof of a factor that is gone, though a later change was decided before', async () => {
    const { userId, token } = await signedIn('late');
    const seen = (await sessions.findAny(token))!;
    const epoch = await service.epoch(userId);
    await sessions.continueWithoutFactor(seen, epoch + 1);
    await sessions.continueProven(seen, epoch + 2, { amr: ['email'], isSecondFactor: false });
    expect(await sessions.findAny(token)).toMatchObject({ factorProvenAt: null, authEpoch: epoch + 2 });
  });
});
