import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeAt, importKey, KEY, WITH_APPS } from '../../support/authenticator.js';
import type { BootedApp } from '../../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../../support/databases.js';
import { expectRefusal } from '../../support/denied.js';
import { phoneOf, rowOf } from '../../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../../support/instances.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { requestPhone } from '../../support/own-mfa.js';
import { par } from '../../support/par.js';

const ROUNDS = 5;
const REQUESTS = 30;

await describeOnEach('authenticator apps at the same moment, over three instances', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let first: BootedApp;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 3, { mfa: WITH_APPS });
    first = instances.all[0]!;
  });
  afterAll(() => instances.close());

  it.each(LOGIN_NAMES)('[B-27] let one code in once at %s, and it costs no attempt', async (name) => {
    const login = await loginRoute(first, name);
    for (let round = 0; round < ROUNDS; round++) {
      const username = `${name}-${round}`;
      addUser(instances, username);
      await importKey(first, username);
      const mfa_code = codeAt(first);
      const answers = await par(instances.all, REQUESTS, () => login.request(username, { mfa_code }));
      const refused = answers.filter((answered) => login.token(answered) === undefined);
      refused.forEach(expectRefusal);
      expect(refused).toHaveLength(REQUESTS - 1);
      expect(await rowOf(first, username)).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
    }
  });

  it('[E-09] turn MFA on once beside a phone, with the factor of the request that was told so', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const username = `both-${round}`;
      addUser(instances, username);
      const token = await first.client.token(username);
      await requestPhone(first, token, phoneOf(username));
      const codes = { sms: first.outbox.lastCode(), totp: await requestApp(token) };
      const types = ['sms', 'totp'] as const;
      const answers = await par(instances.all, 2, (index) => ({
        method: 'PUT',
        path: `/mfa/${types[index]!}/verify/`,
        headers: { authorization: `Token ${token}` },
        json: { mfa_code: codes[types[index]!] },
      }));
      const place = answers.findIndex(({ status }) => status === 200);
      const [won, other] = [types[place]!, answers[1 - place]!];
      expect(place).toBeGreaterThanOrEqual(0);
      expectRefusal(other);
      expect(await inForce(username, token)).toEqual([won, [won], []]);
    }
  });

  /** Requests an app and returns its code. */
  async function requestApp(token: string): Promise<string> {
    const { body } = await first.client.put('/mfa/totp/request/', { token });
    const { secret } = body['show'] as { secret: string };
    return codeAt(first, 0, { ...KEY, secret });
  }

  /** What is in force for a user, after what clients see of it. */
  async function inForce(username: string, token: string): Promise<unknown[]> {
    const { factors, pendingFactors, challengeType } = await rowOf(first, username);
    const status = await first.client.get('/mfa/', { token });
    const phone_number = challengeType === 'sms' ? phoneOf(username) : '';
    expect([status.status, status.body]).toEqual([200, { enabled: true, challenge_type: challengeType, phone_number }]);
    const { body } = await first.client.get('/mfa/recovery/', { token });
    const backup_code = String(body['backup_code']);
    expect((await first.client.login(username, { backup_code })).body).toHaveProperty('token');
    return [challengeType, factors.map(({ type }) => type), pendingFactors];
  }
});
