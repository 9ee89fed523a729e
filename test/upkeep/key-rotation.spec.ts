import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { KeyRotation, MultiFactorAuth } from '../../src/index.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { randomKey } from '../../src/crypto/randomness.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { denied } from '../support/denied.js';
import { codeByLogin } from '../support/enrolled.js';
import { backupSet, enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { afterReads } from '../support/hold-reads.js';
import { bootInstancesOn, type Instances } from '../support/instances.js';
import { rawRows, requestPhone, verifyPhone } from '../support/own-mfa.js';
import { oauthClient } from '../support/oauth.js';
import { prompted } from '../support/prompted.js';

const [OLD, YOUNG] = [randomKey().toString('base64'), randomKey().toString('base64')];
const [oldId, youngId] = new KeyRing([OLD, YOUNG]).ids as [string, string];

const mfa = (...keys: string[]) => ({ keys, backupCodes: { onUse: 'keep' as const } });
const rotation = ({ app }: BootedApp) => app.get(KeyRotation, { strict: false });

await describeOnEach('a rotation of keys', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let old: BootedApp;
  let both: BootedApp;
  let alsoBoth: BootedApp;
  let young: BootedApp;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: mfa(OLD) });
    old = instances.all[0]!;
    both = await instances.boot({ mfa: mfa(YOUNG, OLD) });
    alsoBoth = await instances.boot({ mfa: mfa(YOUNG, OLD) });
    young = await instances.boot({ mfa: mfa(YOUNG) });
  });
  afterAll(() => instances.close());

  // A rotation goes over all rows, so that each test begins with none, on a day of its own.
  beforeEach(async () => {
    await old.database.getRepository(MultiFactorAuth).createQueryBuilder().delete().execute();
    old.outbox.messages.length = 0;
    old.clock.advance(86_400);
  });

  const sealed = async (username: string): Promise<string[]> => {
    const { factors, pendingFactors } = await rowOf(old, username);
    return [...factors, ...pendingFactors].map(({ sealedState }) => sealedState.split('.')[1]!);
  };

  it('[X-04] lets every user in before, between and after, and leaves no row that needs the old key', async () => {
    const { codes, state } = await backupSet(old);
    await enrolledByRow(old, 'bob', state);
    await enrolledByRow(old, 'dave');
    const token = await old.client.token('alice');
    await requestPhone(old, token, '14085550111');
    const pending = old.outbox.lastCode();

    await both.client.token('dave', { mfa_code: await codeByLogin(both, 'dave') });
    expect(await rotation(both).report()).toEqual({ primary: youngId, rows: { [oldId]: 2, [youngId]: 1 }, unused: [] });
    expect(await rotation(both).run()).toMatchObject({ rows: 3, resealed: 2, left: 0 });
    expect(await rotation(both).report()).toEqual({ primary: youngId, rows: { [youngId]: 3 }, unused: [oldId] });

    expect((await verifyPhone(both, token, pending)).status).toBe(200);

    expect(JSON.stringify(await rawRows(young, 'mfa_multi_factor_auth'))).not.toContain(`v1.${oldId}`);
    await young.client.token('bob', { mfa_code: await codeByLogin(young, 'bob') });
    await young.client.token('bob', { backup_code: codes[0] });
    young.clock.advance(61);
    await young.client.token('dave', { mfa_code: await codeByLogin(young, 'dave') });
  });

  it('[X-04] ends no session while the old key stays, and every one of the old key when it goes', async () => {
    const token = await old.client.token('alice');
    const client = await oauthClient(old);
    const { refresh } = await client.tokens('bob');
    await rotation(both).run();
    expect((await both.client.get('/mfa/', { token })).status).toBe(200);
    expect((await young.client.get('/mfa/', { token })).status).toBe(401);
    const renewed = await both.client.post('/mfa/oauth2/token/', {
      headers: { authorization: client.basic },
      form: { grant_type: 'refresh_token', refresh_token: refresh },
    });
    expect(renewed.status).toBe(200);
  });

  it('[X-04] seals a row anew by itself when its factor is used', async () => {
    await enrolledByRow(old, 'bob');
    await both.client.token('bob', { mfa_code: await rightCode(both, 'bob') });
    expect(await sealed('bob')).toEqual([youngId]);
    expect(await rotation(both).run()).toMatchObject({ rows: 1, resealed: 0, left: 0 });
  });

  it('[X-04] makes no phone a new one, to which another message may go', async () => {
    await enrolledByRow(old, 'bob');
    await codeByLogin(old, 'bob');
    await rotation(both).run();
    expect((await both.client.login('bob')).body).toEqual(prompted('sms'));
    expect(both.outbox.count).toBe(1);
  });

  it('[X-04] can be broken off and taken up again, and repeated without a write', async () => {
    for (const username of ['alice', 'bob', 'dave']) await enrolledByRow(old, username);
    let cursor: string | undefined;
    const broken = rotation(both).run({
      batchSize: 1,
      onProgress: (progress) => {
        ({ cursor } = progress);
        if (progress.rows === 2) throw new Error('killed');
      },
    });
    await expect(broken).rejects.toThrow('killed');
    expect([cursor, await sealed('bob'), await sealed('dave')]).toEqual(['2', [youngId], [oldId]]);
    expect(await rotation(both).run({ after: cursor })).toEqual({ rows: 1, resealed: 1, left: 0, cursor: '4' });
    const before = await rawRows(both, 'mfa_multi_factor_auth');
    expect(await rotation(both).run({ batchSize: 2 })).toEqual({ rows: 3, resealed: 0, left: 0, cursor: '4' });
    expect(await rawRows(both, 'mfa_multi_factor_auth')).toEqual(before);
  });

  it('[X-04] brings no spent code back, however close the two come', async () => {
    await enrolledByRow(old, 'bob');
    const mfa_code = await rightCode(old, 'bob');
    let isFirst = true;
    // Between the rotation's reading of the row and its write, an instance that has only the old key takes the code.
    afterReads([both.database], async () => {
      if (!isFirst) return;
      isFirst = false;
      await old.client.token('bob', { mfa_code });
    });
    expect(await rotation(both).run()).toMatchObject({ resealed: 1, left: 0 });
    both.clock.advance(11);
    await denied(both, () => both.client.login('bob', { mfa_code }));
    expect(await sealed('bob')).toEqual([youngId]);
  });

  it('[X-04] runs on two instances at once', async () => {
    for (const username of ['alice', 'bob', 'dave']) await enrolledByRow(old, username);
    const done = await Promise.all([both, alsoBoth].map((one) => rotation(one).run({ batchSize: 1 })));
    expect(done.map(({ rows, left }) => `${rows} looked at, ${left} left`)).toEqual(
      Array(2).fill('3 looked at, 0 left'),
    );
    expect(await rotation(both).report()).toMatchObject({ rows: { [youngId]: 3 } });
  });

  it('[X-04] leaves a row whose key went too early as it is, and seals it when the key is back', async () => {
    await enrolledByRow(old, 'bob');
    const before = await rowOf(old, 'bob');
    expect(await rotation(young).run()).toMatchObject({ rows: 1, resealed: 0, left: 1 });
    expect(await rowOf(old, 'bob')).toEqual(before);
    await denied(young, async () => young.client.login('bob', { mfa_code: await rightCode(old, 'bob') }));
    expect(await rotation(both).run()).toMatchObject({ resealed: 1, left: 0 });
    await young.client.token('bob', { mfa_code: await rightCode(young, 'bob') });
  });
});
