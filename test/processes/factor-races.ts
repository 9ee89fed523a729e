import { TOTP } from 'otpauth';
import { expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import type { Answered } from '../support/client.js';
import { backupSet, enrolledByRow, rowOf } from '../support/factor-rows.js';
import { loginRoute } from '../support/logins.js';
import { par } from '../support/par.js';
import type { Cluster } from './cluster.js';
import { broken, LONG, note, REQUESTS, ROUNDS, SLOW_ROUNDS, statuses } from './rounds.js';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** What must hold for authenticator apps, pending logins and sets of recovery codes, over three processes on one database. */
export function factorRaces(cluster: () => Cluster): void {
  const isIn = ({ body }: Answered) => typeof body['token'] === 'string';

  /** A user whose only factor is an app, and the app's code of this moment. */
  async function withApp(username: string): Promise<{ userId: string; code: string }> {
    const { rows } = cluster();
    const userId = String(rows.users.named(username).id);
    await rows.app.get(MultiFactorAuthService).importFactor(userId, 'totp', { secret: SECRET });
    return { userId, code: new TOTP({ secret: SECRET }).generate() };
  }

  /** Sends the same request many times in each round, and returns how many were let in. */
  async function once(
    name: string,
    request: (username: string, code: string) => Promise<Parameters<typeof par>[2]>,
  ): Promise<{ won: number[]; answers: Answered[] }> {
    const [won, answers]: [number[], Answered[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const { code } = await withApp(`${name}-${round}`);
      const answered = await par(cluster().servers, REQUESTS, await request(`${name}-${round}`, code));
      won.push(answered.filter(isIn).length);
      answers.push(...answered);
    }
    return { won, answers };
  }

  const ONE_EACH = Array.from({ length: ROUNDS }, () => 1);

  it('[B-27] let one code of an authenticator app in once', { timeout: LONG }, async (context) => {
    const login = await loginRoute(cluster().rows, 'authtoken');
    const { won, answers } = await once('app', (username, mfa_code) =>
      Promise.resolve(() => login.request(username, { mfa_code })),
    );
    note(context, { rounds: ROUNDS, answers: statuses(answers) });
    expect({ won, broken: broken(answers) }).toEqual({ won: ONE_EACH, broken: [] });
  });

  it('[S-18] let one mfa_token in once', { timeout: LONG }, async (context) => {
    const login = await loginRoute(cluster().rows, 'authtoken');
    const { won, answers } = await once('pending', async (username, code) => {
      const { path, json } = login.request(username);
      const { body } = await cluster().servers[0]!.client.post(path, { json });
      const sent = { path: '/mfa/login/verify/', json: { mfa_token: body['mfa_token'], code } };
      return () => sent;
    });
    note(context, { rounds: ROUNDS, answers: statuses(answers) });
    expect({ won, broken: broken(answers) }).toEqual({ won: ONE_EACH, broken: [] });
    expect((await rowOf(cluster().rows, 'pending-0')).usedTokens).toHaveLength(1);
  });

  it('[K-09] let two different recovery codes in, and neither comes back', { timeout: LONG }, async (context) => {
    const { rows, servers } = cluster();
    const login = await loginRoute(rows, 'authtoken');
    const { codes, state } = await backupSet(rows);
    const answers: Answered[] = [];
    for (let round = 0; round < SLOW_ROUNDS; round++) {
      const username = `two-${round}`;
      await enrolledByRow(rows, username, state);
      const both = await par(servers, 2, (index) => login.request(username, { backup_code: codes[index]! }));
      const again = await par(servers, 2, (index) => login.request(username, { backup_code: codes[index]! }));
      expect([both.map(isIn), again.map(isIn)]).toEqual([
        [true, true],
        [false, false],
      ]);
      answers.push(...both, ...again);
    }
    note(context, { rounds: SLOW_ROUNDS, answers: statuses(answers) });
    expect(broken(answers)).toEqual([]);
  });
}
