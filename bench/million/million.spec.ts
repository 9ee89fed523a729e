import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEach } from '../../test/support/databases.js';
import { note } from '../../test/processes/rounds.js';
import { type ManyUsers, manyUsers } from './many-users.js';

const SIZES = [1000, 1_000_000];
const [WARM_UP, LOGINS] = [50, 450];
const BOUND = 1.15;

interface Plan {
  'Node Type': string;
  Plans?: Plan[];
}

/** Milliseconds of each request of a kind. */
type Times = Record<'login' | 'guarded', number[]>;

await describeOnEach('a million users and sessions', ['postgres'], () => {
  const stages: ManyUsers[] = [];
  beforeAll(async () => {
    for (const size of SIZES) stages.push(await manyUsers(size, WARM_UP + LOGINS));
  });
  afterAll(async () => {
    for (const { close } of stages) await close();
  });

  it('make a login with a code hardly slower than a thousand do', async (context) => {
    const times = new Map<ManyUsers, Times>(stages.map((stage) => [stage, { login: [], guarded: [] }]));
    for (let turn = 0; turn < WARM_UP + LOGINS; turn++) {
      // In turns, and the first one in turns too: what else the machine does slows both alike.
      const order = turn % 2 === 0 ? stages : stages.toReversed();
      for (const stage of order) {
        const [login, guarded] = await visit(stage, stage.names[(turn * 271) % stage.names.length]!);
        if (turn < WARM_UP) continue;
        times.get(stage)!.login.push(login);
        times.get(stage)!.guarded.push(guarded);
      }
    }
    const [few, many] = stages.map((stage) => times.get(stage)!);
    for (const kind of ['login', 'guarded'] as const) {
      const [p50s, p95s] = [0.5, 0.95].map((share) => [few!, many!].map((one) => quantile(one[kind], share)));
      note(context, {
        [`p50 of a ${kind}, ms`]: p50s!.map((value) => value.toFixed(2)).join(' and '),
        [`p95 of a ${kind}, ms`]: p95s!.map((value) => value.toFixed(2)).join(' and '),
        [`ratio of the p50s, ${kind}`]: (p50s![1]! / p50s![0]!).toFixed(2),
      });
    }
    note(context, { 'users and sessions': SIZES.join(' and '), logins: LOGINS });
    expect(quantile(many!.login, 0.5)).toBeLessThanOrEqual(BOUND * quantile(few!.login, 0.5));
  });

  it('are each found by an index', async (context) => {
    const { booted } = stages.at(-1)!;
    const asked = booted.statements.filter(({ sql }) => /^(SELECT|UPDATE|DELETE)/.test(sql));
    const nodes: string[] = [];
    for (const { sql, parameters } of asked) {
      const [row] = await booted.database.query<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
        `EXPLAIN (FORMAT JSON) ${sql}`,
        parameters,
      );
      nodes.push(...kindsIn(row!['QUERY PLAN'][0]!.Plan));
    }
    note(context, { plans: [...new Set(nodes)].join(', ') });
    expect(nodes.filter((kind) => kind.includes('Index'))).toHaveLength(asked.length);
    expect(nodes.filter((kind) => kind === 'Seq Scan')).toEqual([]);
  });
});

/** A login with a code and a request with its token, in milliseconds. */
async function visit({ booted, code }: ManyUsers, name: string): Promise<[number, number]> {
  const { client, statements } = booted;
  statements.length = 0;
  const mfa_code = await code(name);
  const began = performance.now();
  const token = await client.token(name, { mfa_code });
  const signedIn = performance.now();
  const { status } = await client.get('/app/me', { token });
  if (status !== 200) throw new Error(`a token that was just given is answered with ${status}`);
  return [signedIn - began, performance.now() - signedIn];
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)]!;
}

function kindsIn({ Plans = [], ...node }: Plan): string[] {
  return [node['Node Type'], ...Plans.flatMap(kindsIn)];
}
