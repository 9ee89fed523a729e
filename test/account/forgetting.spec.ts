import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MultiFactorAuth, MultiFactorAuthService, Sessions } from '../../src/index.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { rowOf } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { type OAuthCaller, oauthClient } from '../support/oauth.js';
import { provenToken, rawRows, requestPhone } from '../support/own-mfa.js';

await describeOnEach('a user who is gone', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  let caller: OAuthCaller;
  let user: string;
  let id: string;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: { audit: true } });
    booted = instances.all[0]!;
    caller = await oauthClient(booted);
  });
  afterAll(() => instances.close());
  beforeEach(({ task }) => {
    booted.clock.advance(86_400);
    user = `user-${task.id}`;
    addUser(instances, user);
    id = String(booted.users.named(user).id);
  });

  const mfa = () => booted.app.get(MultiFactorAuthService);
  const opens = async (token: string) => (await booted.client.get('/app/me', { token })).status;
  const rowsOf = async (table: string) => (await rawRows(booted, table)).filter((row) => row['user_id'] === id);
  const login = async (code?: string) => ({
    token: await booted.client.token(user, code ? { mfa_code: code } : {}),
    ...(await caller.tokens(user, code ? { mfa_code: await freshCode() } : {})),
  });
  const freshCode = async () => {
    booted.clock.advance(300);
    return codeByLogin(booted, user);
  };

  it('[F-02] leaves nothing alive for the next user of the id, with MFA on', async () => {
    await enrolled(booted, user);
    const { token, access, refresh } = await login(await freshCode());
    await mfa().forget(id);
    expect([await rowsOf('mfa_multi_factor_auth'), await rowsOf('mfa_session')]).toEqual([[], []]);
    expect([await opens(token), await opens(access), (await caller.refresh(refresh)).body['error']]).toEqual([
      401,
      401,
      'invalid_grant',
    ]);
    // The new user is asked for no phone of the old one, and has an account without MFA.
    const next = await booted.client.token(user);
    expect((await booted.client.get('/mfa/', { token: next })).body).toMatchObject({
      enabled: false,
      phone_number: '',
    });
    // Nor does the new user's enrolment revive an old session.
    await enrolled(booted, user);
    expect([await opens(token), await opens(access)]).toEqual([401, 401]);
  });

  it('[F-02] leaves nothing alive without MFA either, and after a request that was never confirmed', async () => {
    const { token, refresh } = await login();
    await mfa().forget(id);
    expect([await opens(token), (await caller.refresh(refresh)).body['error']]).toEqual([401, 'invalid_grant']);
    const second = await booted.client.token(user);
    await requestPhone(booted, second, '14085550133');
    await mfa().forget(id);
    expect([await opens(second), await rowsOf('mfa_multi_factor_auth')]).toEqual([401, []]);
    await mfa().forget(id);
  });

  it('[F-02] leaves the next user of the id as many new phones as anybody', async () => {
    const ask = async (index: number) => {
      booted.clock.advance(86_400);
      return (await requestPhone(booted, await booted.client.token(user), `1408555${index}`)).status;
    };
    for (let index = 0; index < 5; index++) expect(await ask(2000 + index)).toBe(200);
    expect(await ask(2005)).toBe(429);
    await booted.database.transaction((manager) => mfa().within(manager).forget(id));
    expect(await ask(2005)).toBe(200);
  });

  it('[F-02] keeps events for the investigator, or erases them', async () => {
    await login();
    await mfa().forget(id);
    const types = async () => new Set((await rowsOf('mfa_event')).map((row) => row['type']));
    expect(await types()).toEqual(new Set(['signed_in', 'user_forgotten']));
    await mfa().forget(id, { events: 'erase' });
    expect(await types()).toEqual(new Set(['user_forgotten']));
  });

  it('[F-02] is forgotten in a transaction of the application, or not at all', async () => {
    await enrolled(booted, user);
    const forget = (fails: boolean) =>
      booted.database.transaction(async (manager) => {
        await mfa().within(manager).forget(id, { events: 'erase' });
        if (fails) throw new Error('undone');
      });
    await expect(forget(true)).rejects.toThrow('undone');
    expect([(await mfa().status(id)).enabled, (await rowsOf('mfa_event')).length > 1]).toEqual([true, true]);
    await forget(false);
    expect((await mfa().status(id)).enabled).toBe(false);
  });

  it('[F-02] [F-20] has no live session left where only the row was removed, whoever has the id then', async () => {
    await enrolled(booted, user);
    const { token, access, refresh } = await login(await freshCode());
    const repository = booted.database.getRepository(MultiFactorAuth);
    await repository.delete({ userId: id });
    expect([await opens(token), await opens(access)]).toEqual([401, 401]);
    for (let times = 0; times < 3; times++) {
      await enrolled(booted, user);
      expect([await opens(token), await opens(access)]).toEqual([401, 401]);
      const proven = await provenToken(booted, user);
      expect((await booted.client.delete('/mfa/', { token: proven })).status).toBe(204);
      expect([await opens(token), await opens(access)]).toEqual([401, 401]);
      booted.clock.advance(86_400);
    }
    expect((await caller.refresh(refresh)).body['error']).toBe('invalid_grant');
  });

  it('[F-20] has sessions that are over once they met the user inactive or missing', async () => {
    const [met, refreshed, unmet] = [await login(), await login(), await login()];
    booted.users.named(user).active = false;
    expect([await opens(met.token), await opens(met.access)]).toEqual([401, 401]);
    expect((await caller.refresh(refreshed.refresh)).body['error']).toBe('invalid_grant');
    booted.users.named(user).active = true;
    expect([await opens(met.token), await opens(met.access), await opens(refreshed.access)]).toEqual([401, 401, 401]);
    expect((await caller.refresh(met.refresh)).body['error']).toBe('invalid_grant');

    // All at once, for a user who is suspended.
    await mfa().endSessions(id);
    expect([await opens(unmet.token), await opens(unmet.access)]).toEqual([401, 401]);
    expect((await caller.refresh(unmet.refresh)).body['error']).toBe('invalid_grant');

    const last = await booted.client.token(user);
    const [gone] = booted.users.all.splice(booted.users.all.indexOf(booted.users.named(user)), 1);
    expect(await opens(last)).toBe(401);
    booted.users.all.push(gone!);
    expect(await opens(last)).toBe(401);
  });

  it('[F-22] keeps the session that changed the password, and no other', async () => {
    await enrolled(booted, user);
    const [own, other] = [await provenToken(booted, user), await login(await freshCode())];
    const session = (await booted.app.get(Sessions, { strict: false }).find(own))!;
    await mfa().passwordChanged(id, { keep: session });
    expect([await opens(own), await opens(other.token), await opens(other.access)]).toEqual([200, 401, 401]);
    expect((await booted.client.delete('/mfa/', { token: own })).status).toBe(204);
    // A session that has ended is not revived, and one of another user is refused.
    await mfa().endSessions(id);
    await mfa().passwordChanged(id, { keep: session });
    expect(await opens(own)).toBe(401);
    await expect(mfa().passwordChanged('1', { keep: session })).rejects.toThrow(TypeError);
  });

  it('[F-22] takes the row along to a new id, with all that is in it, and no session', async () => {
    await enrolled(booted, user);
    const token = await provenToken(booted, user);
    const { backup_code } = (await booted.client.get('/mfa/recovery/', { token })).body;
    const before = await rowOf(booted, user);
    const newId = 10_000 + Number(id);
    await mfa().move(id, String(newId));
    booted.users.named(user).id = newId;
    expect([await opens(token), await rowsOf('mfa_multi_factor_auth')]).toEqual([401, []]);
    const after = await rowOf(booted, user);
    expect(after.factors.map(({ id: factor, type, hint }) => [factor, type, hint])).toEqual(
      before.factors.map(({ id: factor, type, hint }) => [factor, type, hint]),
    );
    await booted.client.token(user, { mfa_code: await freshCode() });
    await booted.client.token(user, { backup_code });
    await expect(mfa().move(id, String(newId))).resolves.toBeUndefined();
  });

  it('[F-22] moves no row onto another one', async () => {
    await enrolled(booted, user);
    addUser(instances, `other of ${user}`);
    const other = String(booted.users.named(`other of ${user}`).id);
    await mfa().enable(other, 'sms', { phone_number: '14085550144' });
    await expect(mfa().move(id, other)).rejects.toMatchObject({ code: 'mfa_enabled' });
    expect([(await mfa().status(id)).enabled, (await mfa().status(other)).phone_number]).toEqual([true, '14085550144']);
  });
});
