import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sessions } from '../../src/index.js';
import type { BootedApp } from '../support/boot-app.js';
import type { Purpose } from '../../src/core/purpose.js';
import type { Answered } from '../support/client.js';
import { backupSet, enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { loginRoute, type LoginRoute } from '../support/logins.js';
import { oauthClient } from '../support/oauth.js';
import { par } from '../support/par.js';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.js';
import { factorRaces } from './factor-races.js';
import { atMost, broken, LONG, note, REQUESTS, ROUNDS, SLOW_ROUNDS, statuses } from './rounds.js';

const FREE_FAILURES = 5;

/** What must hold for requests that arrive together, over three processes on one database. */
export function raceRules(options: ClusterOptions): void {
  let cluster: Cluster;
  let login: LoginRoute;
  beforeAll(async () => {
    cluster = await startCluster(options);
    login = await loginRoute(cluster.rows, 'authtoken');
  }, LONG);
  afterAll(() => cluster?.close());

  /** Rounds of requests that arrive together: how many of each were a success, and all answers. */
  async function race(
    { field, rounds = ROUNDS }: { field: string; rounds?: number },
    request: (round: number) => Promise<Parameters<typeof par>[2]>,
  ): Promise<{ won: number[]; answers: Answered[] }> {
    const answers: Answered[] = [];
    const won: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const answered = await par(cluster.servers, REQUESTS, await request(round));
      won.push(answered.filter(({ body }) => typeof body[field] === 'string').length);
      answers.push(...answered);
    }
    return { won, answers };
  }

  /** Every round has one success and no failure of the server. */
  const once = (rounds: number) => ({ won: Array.from({ length: rounds }, () => 1), broken: [] });

  it('[B-27] let one code in once, from a new network and from a known one', { timeout: LONG }, async (context) => {
    const { won, answers } = await race({ field: 'token' }, async (round) => {
      const username = `code-${round}`;
      await enrolledByRow(cluster.rows, username);
      if (round % 2 === 1) await makeKnown(cluster, login, username);
      const mfa_code = await rightCode(cluster.rows, username);
      return () => login.request(username, { mfa_code });
    });
    note(context, { rounds: ROUNDS, answers: statuses(answers) });
    expect({ won, broken: broken(answers) }).toEqual(once(ROUNDS));
    // Refused by a lock or as used, but their owner has lost no attempt by it.
    const rows = await Promise.all(won.map((_, round) => rowOf(cluster.rows, `code-${round}`)));
    expect(
      rows.filter((row) => row.codeFailures + row.knownCodeFailures > 0 || row.codeLockedUntil > new Date()),
    ).toEqual([]);
  });

  it('[K-01] let one backup code in once', { timeout: LONG }, async (context) => {
    const { codes, state } = await backupSet(cluster.rows);
    const { won, answers } = await race({ field: 'token', rounds: SLOW_ROUNDS }, async (round) => {
      const username = `backup-${round}`;
      await enrolledByRow(cluster.rows, username, state);
      return () => login.request(username, { backup_code: codes[0]! });
    });
    note(context, { rounds: SLOW_ROUNDS, answers: statuses(answers) });
    expect({ won, broken: broken(answers) }).toEqual(once(SLOW_ROUNDS));
  });

  it('[O-08] exchange one refresh token once', { timeout: LONG }, async (context) => {
    const { id: clientId, basic: authorization } = await oauthClient(cluster.rows);
    const sessions = cluster.rows.app.get(Sessions, { strict: false });
    const { won, answers } = await race({ field: 'refresh_token' }, async (round) => {
      const signIn = { userId: `refresh-${round}`, amr: ['pwd'], authEpoch: 0, factorProven: false };
      const { refreshToken } = await sessions.open(signIn, { clientId, scope: ['read'], refreshable: true });
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken! };
      return () => ({ path: '/mfa/oauth2/token/', headers: { authorization }, form });
    });
    note(context, { rounds: ROUNDS, answers: statuses(answers) });
    expect({ won, broken: broken(answers) }).toEqual(once(ROUNDS));
  });

  it('[B-06] tell five outcomes of many guesses, whichever of them is right', { timeout: LONG }, async (context) => {
    const rounds: GuessRound[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await guess(cluster, login, `guess-${round}`));
    const hits = rounds.filter(({ right }) => right > 0);
    const bound = atMost(ROUNDS, FREE_FAILURES / REQUESTS);
    const most = Math.max(...rounds.map(({ failures }) => failures));
    note(context, { rounds: ROUNDS, 'rounds with a hit': hits.length, 'at most': bound, 'failures in a row': most });
    expect(hits.length).toBeLessThanOrEqual(bound);
    const locked = { right: 0, judged: FREE_FAILURES, failures: FREE_FAILURES, broken: 0 };
    expect(rounds.filter(({ right }) => right === 0)).toEqual(rounds.slice(hits.length).map(() => locked));
    // A right guess is one of five, and those after it are not five more.
    const told = hits.map(({ right, judged }) => right + judged);
    note(context, { 'most outcomes with a hit': Math.max(0, ...told) });
    expect(told.filter((outcomes) => outcomes > FREE_FAILURES)).toEqual([]);
    expect(hits.filter(({ right, broken: failed }) => right !== 1 || failed > 0)).toEqual([]);
  });

  factorRaces(() => cluster);

  it('[B-34] tell a session five outcomes of many guesses', { timeout: LONG }, async (context) => {
    const sessions = cluster.rows.app.get(Sessions, { strict: false });
    const told: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const username = `step-up-${round}`;
      await enrolledByRow(cluster.rows, username);
      const userId = String(cluster.rows.users.named(username).id);
      const { token } = await sessions.open({ userId, amr: ['pwd'], authEpoch: 0, factorProven: false });
      const guesses = await guessesFor(cluster.rows, username, 'step-up');
      const headers = { authorization: `Token ${token}` };
      const answers = await par(cluster.servers, REQUESTS, (index) => ({
        path: '/mfa/step-up/',
        headers,
        json: { mfa_code: guesses[index]! },
      }));
      expect(broken(answers)).toEqual([]);
      told.push(answers.filter(({ status }) => status === 200 || status === 400).length);
    }
    note(context, { rounds: ROUNDS, 'most outcomes': Math.max(...told) });
    expect(told.filter((outcomes) => outcomes > FREE_FAILURES)).toEqual([]);
  });
}

/** Signs in, which makes the network known. */
async function makeKnown({ rows, servers }: Cluster, login: LoginRoute, username: string): Promise<void> {
  const mfa_code = await rightCode(rows, username);
  const [answered] = await par(servers, 1, () => login.request(username, { mfa_code }));
  expect(answered?.status).toBe(200);
}

/** What became of many guesses at the same moment. */
interface GuessRound {
  right: number;
  /** Wrong ones that were told so, and not that the account is locked. */
  judged: number;
  /** Wrong ones in a row, as the row counts them. */
  failures: number;
  broken: number;
}

async function guess({ rows, servers }: Cluster, login: LoginRoute, username: string): Promise<GuessRound> {
  await enrolledByRow(rows, username);
  const guesses = await guessesFor(rows, username);
  const answers = await par(servers, REQUESTS, (index) => login.request(username, { mfa_code: guesses[index]! }));
  const count = (code: number) => answers.filter(({ status }) => status === code).length;
  const { codeFailures, knownCodeFailures } = await rowOf(rows, username);
  const failures = codeFailures + knownCodeFailures;
  return { right: count(200), judged: count(400), failures, broken: broken(answers).length };
}

/** Different guesses, the right one among them at a random place. */
async function guessesFor(rows: BootedApp, username: string, purpose?: Purpose): Promise<string[]> {
  const right = await Promise.all([-1, 0, 1].map((drift) => rightCode(rows, username, { purpose, drift })));
  const guesses = new Set<string>();
  while (guesses.size < REQUESTS) {
    const number = String(randomInt(100_000, 1_000_000));
    if (!right.includes(number)) guesses.add(number);
  }
  return [...guesses].with(randomInt(REQUESTS), right[1]!);
}
