import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { type DatabaseKind, describeOnEach } from '../support/databases.js';
import { expectRefusal } from '../support/denied.js';
import { backupSet, enrolledByRow, rightCode, rowOf, wrongCode } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { loginRoute } from '../support/logins.js';
import { OAuthCaller, oauthClient, tokensOf } from '../support/oauth.js';
import { par } from '../support/par.js';

const REQUESTS = 30;
const ROUNDS = 3;

/** Once is once, over three instances on one database, with tables from the migrations. */
function onceIsOnce(kind: DatabaseKind, settings: readonly string[] = []): void {
  let instances: Instances;
  let first: BootedApp;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 3, { settings, mfa: { backupCodes: { onUse: 'keep' } } });
    first = instances.all[0]!;
  });
  afterAll(() => instances.close());

  const join = (username: string) => addUser(instances, username);
  const winnersOf = (answers: readonly Answered[]) => {
    const won = answers.filter(({ status }) => status === 200);
    answers.filter(({ status }) => status !== 200).forEach(expectRefusal);
    return won;
  };

  it('[B-27] [T8] [T9] lets one code in once', async () => {
    const login = await loginRoute(first, 'authtoken');
    for (let round = 0; round < ROUNDS; round++) {
      const username = `code-${round}`;
      join(username);
      await enrolledByRow(first, username);
      const mfa_code = await rightCode(first, username);
      const answers = await par(instances.all, REQUESTS, () => login.request(username, { mfa_code }));
      expect(winnersOf(answers)).toHaveLength(1);
      expect(await rowOf(first, username)).toMatchObject({ codeFailures: 0 });
    }
  });

  it('[K-02] [T6] lets one backup code in once', async () => {
    const login = await loginRoute(first, 'authtoken');
    const { codes, state } = await backupSet(first);
    join('backup');
    await enrolledByRow(first, 'backup', state);
    const backup_code = codes[0]!;
    const answers = await par(instances.all, REQUESTS, () => login.request('backup', { backup_code }));
    expect(winnersOf(answers)).toHaveLength(1);
  });

  it('[O-08] [D-10] refreshes with one refresh token once, and then with what it gave', async () => {
    const caller = await oauthClient(first);
    for (let round = 0; round < ROUNDS; round++) {
      join(`refresh-${round}`);
      const { refresh } = await caller.tokens(`refresh-${round}`);
      const form = { grant_type: 'refresh_token', refresh_token: refresh };
      const headers = { authorization: caller.basic };
      const answers = await par(instances.all, REQUESTS, () => ({ path: '/mfa/oauth2/token/', headers, form }));
      const [won, ...more] = winnersOf(answers);
      expect(more).toEqual([]);
      expectRefusal(await caller.refresh(refresh));
      expect((await caller.refresh(tokensOf(won!).refresh)).status).toBe(200);
    }
  });

  it('[B-06] [T31] judges five of many wrong codes, and then not the right one', async () => {
    const login = await loginRoute(first, 'authtoken');
    join('guessed');
    await enrolledByRow(first, 'guessed');
    const guesses = await Promise.all(
      Array.from({ length: REQUESTS }, (_, index) => wrongCode(first, 'guessed', index * 7)),
    );
    const answers = await par(instances.all, REQUESTS, (index) =>
      login.request('guessed', { mfa_code: guesses[index]! }),
    );
    expect(winnersOf(answers)).toEqual([]);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5);
    const late = await login.send('guessed', { mfa_code: await rightCode(first, 'guessed') });
    expect(late.status).toBe(429);
  });

  it('[I-08] answers text that no database keeps as a mistake, not with a failure', async () => {
    for (const odd of ['a\0', 'a\ud83d', 'x'.repeat(300), "a' OR 1=1 --", '😀']) {
      const byName = await first.client.post('/mfa/authtoken/login/', { json: { username: odd, password: 'p' } });
      expect([odd, byName.status]).toEqual([odd, 400]);
      const byClient = await new OAuthCaller(first.client, odd, 'secret').password('bob');
      expect([odd, byClient.status >= 400 && byClient.status < 500]).toEqual([odd, true]);
    }
  });
}

await describeOnEach('requests at the same moment,', ['postgres', 'mariadb'], (kind) => onceIsOnce(kind));

await describeOnEach('[X-07] requests at the same moment, serializable,', ['postgres'], (kind) =>
  onceIsOnce(kind, ['default_transaction_isolation=serializable']),
);

await describeOnEach('[X-07] requests at the same moment, by snapshot,', ['mariadb'], (kind) =>
  onceIsOnce(kind, ['innodb_snapshot_isolation=ON', "tx_isolation='SERIALIZABLE'"]),
);
