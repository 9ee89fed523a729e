import type { QueryRunner } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MfaError } from '../../src/index.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { openStores, type Stores } from './contract/open-stores.js';

const GRANT = { clientId: 'c', scope: [], refreshable: true };
const SIGN_IN = { userId: '1', amr: ['pwd'], authEpoch: 0, factorProven: false };

/** How long a statement waits for a row before it is given up. */
const PATIENCE = { sqlite: ['timeout=100'], postgres: ['lock_timeout=200'], mariadb: ['innodb_lock_wait_timeout=1'] };

await describeOnEach('a row that another connection holds', DATABASE_KINDS, (kind) => {
  let stores: Stores;
  let holder: QueryRunner;
  beforeEach(async () => {
    stores = await openStores(kind, PATIENCE[kind]);
    await stores.users.create('1', {});
    holder = stores.all[1]!.source.createQueryRunner();
    await holder.startTransaction();
  });
  afterEach(async () => {
    await holder.release();
    await stores.close();
  });

  it('is not changed, and is once it is free', async () => {
    const { users } = stores;
    const seen = (await users.find('1'))!;
    await holder.query("UPDATE mfa_multi_factor_auth SET version = version WHERE user_id = '1'");
    expect(await users.change(seen, { authEpoch: 9 })).toBeNull();
    await holder.rollbackTransaction();
    expect(await users.find('1')).toMatchObject({ authEpoch: 0, version: 0 });
    expect(await users.change(seen, { authEpoch: 9 })).toMatchObject({ authEpoch: 9 });
  });

  it('leaves a refresh token unused and its session alive, and the client is told to try again', async () => {
    const { sessions, tokens } = stores;
    const { session } = await sessions.open(SIGN_IN, GRANT);
    await holder.query('UPDATE mfa_session SET auth_epoch = auth_epoch');
    const refused = await tokens.replace(session, []).catch((error: unknown) => error as MfaError);
    expect(refused).toBeInstanceOf(MfaError);
    expect(refused).toMatchObject({ status: 503, retryAfterSeconds: 1 });
    await holder.rollbackTransaction();
    expect(await tokens.replace(session, [])).not.toBeNull();
  });

  it('lets nobody pass a limit, and is not counted', async () => {
    const { limits, clock } = stores;
    const taking = { id: limits.id('test'), limit: { burst: 2, refillSeconds: 60 }, now: clock.now() };
    expect(await limits.take(taking)).toBe(0);
    await holder.query('UPDATE mfa_rate_limit SET taken = taken');
    for (const ask of [() => limits.take(taking), () => limits.confirm(taking)]) {
      const refused = await ask().catch((error: unknown) => error as MfaError);
      expect(refused).toMatchObject({ status: 503, retryAfterSeconds: 1 });
    }
    await holder.rollbackTransaction();
    expect([await limits.take(taking), await limits.take(taking)]).toEqual([0, 60]);
  });
});
