import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { atMost } from '../processes/rounds.js';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach, makeMigrated, type TestDatabase } from '../support/databases.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { holdJudging, holdPassword } from '../support/hold-judging.js';
import { bootInstances, type Instances } from '../support/instances.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';
import { par, type WireRequest } from '../support/par.js';

const AT_ONCE = 30;
const ALLOWED = 10;
const ROUNDS = 15;

await describeOnEach('passwords that come at the same moment,', DATABASE_KINDS, (kind) => {
  let database: TestDatabase;
  let instances: Instances;
  let login: LoginRoute;
  let networks = 0;
  beforeAll(async () => {
    database = await makeMigrated(kind, 'bursts');
    instances = await bootInstances(3, { ...BEHIND_PROXY, database: database.options, keepTables: true });
    login = await loginRoute(instances.all[0]!, 'authtoken');
  });
  afterAll(async () => {
    await instances.close();
    await database.drop();
  });

  const newNetwork = () => addressIn(networks++);
  const newUser = () => {
    const username = `user-${networks++}`;
    instances.all.forEach(({ users }) => users.add(username));
    return username;
  };
  const wrong = (username: string, index: number) => login.request(username, { password: `guess-${index}` });
  const count = (answers: readonly Answered[], code: number) => answers.filter(({ status }) => status === code).length;
  const outcomes = (answers: readonly Answered[]) => ({ 400: count(answers, 400), 429: count(answers, 429) });

  /** Sends them together, and has all of them judged before one is counted. */
  async function burst(requests: number, request: (index: number) => WireRequest): Promise<Answered[]> {
    const release = holdJudging(instances.all, requests);
    try {
      return await par(instances.all, requests, request);
    } finally {
      release();
    }
  }

  it('[B-19] tell ten outcomes of thirty guesses, although all of them are judged', async () => {
    for (let round = 0; round < 2; round++) {
      const [username, address] = [newUser(), newNetwork()];
      instances.all.forEach(({ users }) => (users.verifications = []));
      const answers = await burst(AT_ONCE, (index) => from(address, wrong(username, index)));
      expect(instances.all.flatMap(({ users }) => users.verifications)).toHaveLength(AT_ONCE);
      expect(outcomes(answers)).toEqual({ 400: ALLOWED, 429: AT_ONCE - ALLOWED });
      expect((await sent(instances.all[0]!, from(address, login.request(username)))).status).toBe(429);
    }
  });

  it('[B-19] show the right one among thirty guesses no more often than ten guesses would', async () => {
    const found: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [username, address, place] = [newUser(), newNetwork(), randomInt(AT_ONCE)];
      const answers = await burst(AT_ONCE, (index) =>
        from(address, index === place ? login.request(username) : wrong(username, index)),
      );
      found.push(count(answers, 200));
      expect(outcomes(answers)).toEqual({ 400: ALLOWED, 429: AT_ONCE - ALLOWED - found.at(-1)! });
    }
    const hits = found.filter((right) => right > 0).length;
    expect(hits).toBeLessThanOrEqual(atMost(ROUNDS, ALLOWED / AT_ONCE));
  });

  it('[B-19] show it no more often where its code comes with it, from a network of its owner', async () => {
    const found: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [username, address, place] = [newUser(), newNetwork(), randomInt(AT_ONCE)];
      await enrolledByRow(instances.all[0]!, username);
      const right = async () => {
        const mfa_code = await rightCode(instances.all[0]!, username);
        return from(address, login.request(username, { mfa_code }));
      };
      expect((await sent(instances.all[0]!, await right())).status).toBe(200);
      const last = await right();
      const answers = await burst(AT_ONCE, (index) => (index === place ? last : from(address, wrong(username, index))));
      found.push(count(answers, 200));
      expect(outcomes(answers)).toEqual({ 400: ALLOWED, 429: AT_ONCE - ALLOWED - found.at(-1)! });
    }
    const hits = found.filter((right) => right > 0).length;
    expect(hits).toBeLessThanOrEqual(atMost(ROUNDS, ALLOWED / AT_ONCE));
  });

  it('[B-19] hide the right one that is judged after ten wrong ones, although it came before them', async () => {
    const [username, address] = [newUser(), newNetwork()];
    const held = holdPassword(instances.all[0]!, `${username}-password`);
    const right = sent(instances.all[0]!, from(address, login.request(username)));
    await held.asked;
    for (let index = 0; index < ALLOWED; index++) {
      const { status } = await sent(instances.all[index % 3]!, from(address, wrong(username, index)));
      expect(status).toBe(400);
    }
    held.judge();
    expect((await right).status).toBe(429);
  });

  it('[B-19] tell a hundred outcomes of guesses at one name, from however many networks', async () => {
    const username = newUser();
    const answers = await burst(120, (index) => from(addressIn(30_000 + index), wrong(username, index)));
    expect(outcomes(answers)).toEqual({ 400: 100, 429: 20 });
  });

  it('[B-19] tell fifty outcomes of one guess at many names from one network', async () => {
    const address = newNetwork();
    const answers = await burst(60, (index) => from(address, wrong(`nobody-${index}`, index)));
    expect(outcomes(answers)).toEqual({ 400: 50, 429: 10 });
  });

  it('[B-19] let the owner in as often as they ask, also from a network that is new', async () => {
    for (let round = 0; round < 2; round++) {
      const [username, address] = [newUser(), newNetwork()];
      const answers = await burst(AT_ONCE, () => from(address, login.request(username)));
      expect(answers.map(({ status }) => status)).toEqual(times(AT_ONCE, 200));
    }
  });

  it('[B-12] are counted as at one instance, and a restart forgets neither a guess nor a network', async () => {
    const [username, address, home] = [newUser(), newNetwork(), newNetwork()];
    expect((await sent(instances.all[0]!, from(home, login.request(username)))).status).toBe(200);
    const guess = async (index: number) =>
      (await sent(instances.all[index % instances.all.length]!, from(address, wrong(username, index)))).status;
    for (let index = 0; index < 7; index++) expect(await guess(index)).toBe(400);
    await instances.all.shift()!.close();
    const restarted = await instances.boot();
    restarted.users.all.splice(0, Infinity, ...instances.all[0]!.users.all);
    for (let index = 7; index < 10; index++) expect(await guess(index)).toBe(400);
    for (let index = 10; index < 13; index++) expect(await guess(index)).toBe(429);
    await burst(90, (index) => from(addressIn(40_000 + index), wrong(username, index)));
    expect((await sent(restarted, from(newNetwork(), login.request(username)))).status).toBe(429);
    expect((await sent(restarted, from(home, login.request(username)))).status).toBe(200);
  });
});
