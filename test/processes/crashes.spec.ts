import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MfaSession, MultiFactorAuth } from '../../src/index.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { type Cluster, type Server, startCluster } from './cluster.js';
import { type Life, liveThrough } from './life.js';
import { CRASHES, LOGINS, LONG, note } from './rounds.js';

/** Users at the same moment. */
const AT_ONCE = 12;

await describeOnEach('a process that is killed amid logins', DATABASE_KINDS, (kind) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ kind });
  }, LONG);
  afterAll(() => cluster?.close());

  it(
    '[X-10] takes nothing along that was answered, and no code works twice',
    { timeout: CRASHES * LONG },
    async (context) => {
      const lives: Life[] = [];
      const alive = [...cluster.servers];
      for (let crash = 0; crash < CRASHES; crash++) lives.push(...(await crashAmidLogins(cluster, alive, crash)));
      const lost = lives.filter(({ answered }) => !answered);
      note(context, { crashes: CRASHES, logins: lives.length, unanswered: lost.length });

      // A process that was killed has left requests without an answer, or it was idle and the test shows nothing.
      expect(lost.length).toBeGreaterThanOrEqual(CRASHES);
      expect(lives.filter(({ failure }) => failure)).toEqual([]);
      expect(lives.filter(({ tokens }) => tokens.length > 1)).toEqual([]);
      expect(await repeatedSessions(cluster)).toEqual([]);
      expect(await deadTokens(cluster, lives)).toEqual([]);
      expect(await wrongStates(cluster, lives)).toEqual([]);
      expect(cluster.servers.flatMap(({ log }) => log)).toEqual([]);
    },
  );
});

/** The logins of many users, in whose midst one of three processes is killed, and later another one started. */
async function crashAmidLogins(cluster: Cluster, alive: Server[], crash: number): Promise<Life[]> {
  const users = Array.from({ length: LOGINS }, (_, index) => ({ name: `user-${crash}-${index}`, index }));
  for (const { name, index } of users) if (index % 10 !== 0) await enrolledByRow(cluster.rows, name);
  const fatal = randomInt(Math.ceil(LOGINS * 0.3), Math.ceil(LOGINS * 0.6));
  const lives: Life[] = [];
  const waiting = users.values();
  let restarted: Promise<Server> | undefined;
  const visitor = async () => {
    for (const { name, index } of waiting) {
      if (index === fatal) restarted = replace(cluster, alive);
      const server = alive[index % alive.length]!;
      const other = alive[(index + 1) % alive.length]!;
      lives.push(await liveThrough(cluster, { name, kind: kindOf(index), server, other }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
  await restarted;
  return lives;
}

function kindOf(index: number): Life['kind'] {
  if (index % 10 === 0) return 'enrol';
  return index % 10 === 1 ? 'disable' : 'login';
}

/** Kills the process with the most work under way; another one takes its place once it has started. */
async function replace(cluster: Cluster, alive: Server[]): Promise<Server> {
  const [victim] = alive.toSorted((one, other) => other.busy - one.busy) as [Server];
  alive.splice(alive.indexOf(victim), 1);
  await victim.kill();
  const next = await cluster.start();
  alive.push(next);
  return next;
}

/** Users with more sessions than the one code that each of them had is good for. */
async function repeatedSessions({ rows }: Cluster): Promise<string[]> {
  const sessions = await rows.database.getRepository(MfaSession).find({ select: { userId: true } });
  const users = sessions.map(({ userId }) => userId!);
  return users.filter((user, index) => users.indexOf(user) !== index);
}

/** Users whose token was answered and does not work at the process that was started last. */
async function deadTokens({ servers }: Cluster, lives: readonly Life[]): Promise<string[]> {
  const dead: string[] = [];
  for (const { name, kept } of lives) {
    if (kept && (await servers.at(-1)!.client.get('/me', { token: kept })).status !== 200) dead.push(name);
  }
  return dead;
}

/** Users whose MFA is not as they were told, or is off though they never asked for it. */
async function wrongStates({ rows }: Cluster, lives: readonly Life[]): Promise<string[]> {
  const all = await rows.database.getRepository(MultiFactorAuth).find();
  const enabled = new Map(all.map((row) => [row.userId, row.enabled]));
  return lives
    .filter(({ name, told }) => told !== undefined && (enabled.get(name) ?? false) !== told)
    .map(({ name }) => name);
}
