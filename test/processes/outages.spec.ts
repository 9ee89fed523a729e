import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answered } from '../support/client.js';
import { describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { loginRoute } from '../support/logins.js';
import { type Cluster, type Server, startCluster } from './cluster.js';
import { LONG, note, statuses } from './rounds.js';
import { Wire } from './wire.js';

const USERS = 12;
const names = (what: string) => Array.from({ length: USERS }, (_, index) => `${what}-${index}`);

/** An answer, and how many seconds it took. */
interface Timed extends Answered {
  seconds: number;
}

async function timed(request: () => Promise<Answered>): Promise<Timed> {
  const began = performance.now();
  return { ...(await request()), seconds: (performance.now() - began) / 1000 };
}

const slowest = (answers: readonly Timed[]) => Math.max(...answers.map(({ seconds }) => seconds));
const shown = (seconds: number) => `${seconds.toFixed(2)} s`;
const tokens = (answers: readonly Answered[]) => answers.filter(({ text }) => text.includes('token'));

describe('a gateway that hangs for 30 s', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ kind: 'sqlite' });
    for (const name of [...names('asks'), ...names('knows')]) await enrolledByRow(cluster.rows, name);
  }, LONG);
  afterAll(() => cluster?.close());
  const server = (index: number) => cluster.servers[index % cluster.servers.length]!.client;

  it('is cut off after its 5 s, and keeps nobody waiting who has a code', { timeout: LONG }, async (context) => {
    for (const { order } of cluster.servers) order({ gateway: 'hang' });
    const codes = await Promise.all(names('knows').map((name) => rightCode(cluster.rows, name)));
    const asking = Promise.all(names('asks').map((name, index) => timed(() => server(index).login(name))));
    const others = await Promise.all(
      names('knows').map((name, index) => timed(() => server(index).login(name, { mfa_code: codes[index] }))),
    );
    const cutOff = await asking;
    note(context, { 'cut off after': shown(slowest(cutOff)), 'others meanwhile': shown(slowest(others)) });

    expect(new Set(cutOff.map(({ status }) => status))).toEqual(new Set([503]));
    expect(tokens(cutOff)).toEqual([]);
    expect(Math.min(...cutOff.map(({ seconds }) => seconds))).toBeGreaterThan(4.9);
    expect(slowest(cutOff)).toBeLessThan(10);
    expect(tokens(others)).toHaveLength(USERS);
    expect(slowest(others)).toBeLessThan(4);
  });

  it('works again at once when it is back', async () => {
    for (const { order } of cluster.servers) order({ gateway: 'deliver' });
    const { client, codes } = cluster.servers[0]!;
    expect((await client.login('asks-0')).body).toEqual({ mfa_required: true, mfa_type: 'sms' });
    expect(await client.token('asks-0', { mfa_code: codes.get('asks-0') })).toBeTypeOf('string');
  });
});

await describeOnEach('a database that stops and starts again', ['postgres', 'mariadb'], (kind) => {
  let cluster: Cluster;
  let wire: Wire;
  beforeAll(async () => {
    const through = async (host: string, port: number) => (wire = await Wire.between(host, port)).end;
    cluster = await startCluster({ kind, through });
    for (const name of [...names('amid'), ...names('gone'), ...names('after')]) {
      await enrolledByRow(cluster.rows, name);
    }
  }, LONG);
  afterAll(async () => {
    await cluster?.close();
    wire?.cut();
  });

  const serverAt = (index: number): Server => cluster.servers[index % cluster.servers.length]!;

  /** Logins of these users at once, each with its code, over all processes. */
  function signIn(what: string, codes: readonly string[]): Promise<Timed>[] {
    return names(what).map((name, index) =>
      timed(() => serverAt(index).client.login(name, { mfa_code: codes[index] })),
    );
  }
  const codesOf = (what: string) => Promise.all(names(what).map((name) => rightCode(cluster.rows, name)));

  it('opens nothing while it is gone, and all goes on without a restart', { timeout: LONG }, async (context) => {
    const oauth2 = await loginRoute(cluster.rows, 'oauth2');
    const [amidCodes, goneCodes, afterCodes] = await Promise.all(['amid', 'gone', 'after'].map(codesOf));
    const underWay = signIn('amid', amidCodes!);
    await Promise.race(underWay);
    wire.cut();
    const amid = await Promise.all(underWay);
    const gone = await Promise.all([...signIn('gone', goneCodes!), timed(() => serverAt(0).client.login('plain'))]);
    const { path, ...sent } = oauth2.request('gone-0', { mfa_code: goneCodes![0]! });
    const byOAuth = await serverAt(0).client.post(path, sent);
    await wire.mend();
    const after = await Promise.all(signIn('after', afterCodes!));
    const again = await Promise.all(signIn('amid', amidCodes!));
    note(context, {
      'under way when it stopped': statuses(amid),
      'while it was gone': `${statuses(gone)}, within ${shown(slowest(gone))}`,
      'after it was back': `${statuses(after)}, within ${shown(slowest(after))}`,
    });

    expect(amid.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(amid.filter((answer, index) => tokens([answer, again[index]!]).length > 1)).toEqual([]);
    expect(new Set(gone.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(
      new Set(['503 5']),
    );
    expect(gone[0]?.body).toMatchObject({ code: 'unavailable' });
    expect([byOAuth.status, byOAuth.body['error']]).toEqual([503, 'temporarily_unavailable']);
    expect(tokens([...gone, byOAuth])).toEqual([]);
    expect(slowest(gone)).toBeLessThan(6);
    expect(tokens(after)).toHaveLength(USERS);
  });
});
