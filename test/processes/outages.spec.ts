import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answered } from '../support/client.js';
import { type DatabaseKind, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { loginRoute } from '../support/logins.js';
import { type Cluster, startCluster } from './cluster.js';
import { LONG, note, statuses } from './rounds.js';
import { Wire } from './wire.js';
import { prompted } from '../support/prompted.js';

const USERS = 12;
const names = (what: string) => Array.from({ length: USERS }, (_, index) => `${what}-${index}`);

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
    const answered: string[] = [];
    const noted = async (whose: string, request: Promise<Answered>) => {
      const answer = await request;
      answered.push(whose);
      return answer;
    };
    const asking = Promise.all(names('asks').map((name, index) => noted('asks', server(index).login(name))));
    const others = await Promise.all(
      names('knows').map((name, index) => noted('knows', server(index).login(name, { mfa_code: codes[index] }))),
    );
    const cutOff = await asking;
    note(context, { 'of those who asked': statuses(cutOff), 'of the others, before them': statuses(others) });

    expect(new Set(cutOff.map(({ status }) => status))).toEqual(new Set([503]));
    expect(tokens(cutOff)).toEqual([]);
    // Told over a channel of their own, which may be slower than an answer.
    const inTime = () => cluster.servers.flatMap(({ cutOffs }) => cutOffs);
    await vi.waitUntil(() => inTime().length === USERS, { timeout: LONG });
    expect(inTime()).not.toContain(false);
    expect(tokens(others)).toHaveLength(USERS);
    expect(answered).toEqual([...names('knows').map(() => 'knows'), ...names('asks').map(() => 'asks')]);
  });

  it('works again at once when it is back', async () => {
    for (const { order } of cluster.servers) order({ gateway: 'deliver' });
    const { client, codes } = cluster.servers[0]!;
    expect((await client.login('asks-0')).body).toEqual(prompted('sms'));
    expect(await client.token('asks-0', { mfa_code: codes.get('asks-0') })).toBeTypeOf('string');
  });
});

/** Processes whose database is at the other end of a wire, and users with MFA under the names that are asked for. */
function wiredCluster(kind: DatabaseKind, what: readonly string[]): { cluster: Cluster; wire: Wire } {
  const wired = {} as { cluster: Cluster; wire: Wire };
  beforeAll(async () => {
    const through = async (host: string, port: number) => (wired.wire = await Wire.between(host, port)).end;
    wired.cluster = await startCluster({ kind, through });
    for (const name of what.flatMap(names)) await enrolledByRow(wired.cluster.rows, name);
  }, LONG);
  afterAll(async () => {
    await wired.cluster?.close();
    wired.wire?.cut();
  });
  return wired;
}

/** Logins of these users at once, each with its code, over all processes. */
function signIn({ servers }: Cluster, what: string, codes: readonly string[]): Promise<Answered>[] {
  return names(what).map((name, index) =>
    servers[index % servers.length]!.client.login(name, { mfa_code: codes[index] }),
  );
}

const codesOf = ({ rows }: Cluster, what: string) => Promise.all(names(what).map((name) => rightCode(rows, name)));

await describeOnEach('a database that stops and starts again', ['postgres', 'mariadb'], (kind) => {
  const wired = wiredCluster(kind, ['amid', 'gone', 'after']);

  it('opens nothing while it is gone, and all goes on without a restart', { timeout: LONG }, async (context) => {
    const { cluster, wire } = wired;
    const { client } = cluster.servers[0]!;
    const oauth2 = await loginRoute(cluster.rows, 'oauth2');
    const [amidCodes, goneCodes, afterCodes] = await Promise.all(
      ['amid', 'gone', 'after'].map((what) => codesOf(cluster, what)),
    );
    const underWay = signIn(cluster, 'amid', amidCodes!);
    await Promise.race(underWay);
    wire.cut();
    const amid = await Promise.all(underWay);
    const gone = await Promise.all([...signIn(cluster, 'gone', goneCodes!), client.login('plain')]);
    const { path, ...sent } = oauth2.request('gone-0', { mfa_code: goneCodes![0]! });
    const byOAuth = await client.post(path, sent);
    await wire.mend();
    const after = await Promise.all(signIn(cluster, 'after', afterCodes!));
    const again = await Promise.all(signIn(cluster, 'amid', amidCodes!));
    note(context, {
      'under way when it stopped': statuses(amid),
      'while it was gone': statuses(gone),
      'after it was back': statuses(after),
    });

    expect(amid.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(amid.filter((answer, index) => tokens([answer, again[index]!]).length > 1)).toEqual([]);
    expect(new Set(gone.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(
      new Set(['503 5']),
    );
    expect(gone[0]?.body).toMatchObject({ code: 'unavailable' });
    expect([byOAuth.status, byOAuth.body['error']]).toEqual([503, 'temporarily_unavailable']);
    expect(tokens([...gone, byOAuth])).toEqual([]);
    // Nobody waited for the module's time-out: what is gone is refused at once.
    expect(cluster.servers.flatMap(({ log }) => log).join('')).not.toContain('did not answer a statement within');
    expect(tokens(after)).toHaveLength(USERS);
  });
});

await describeOnEach('a database that hangs', ['postgres', 'mariadb'], (kind) => {
  const wired = wiredCluster(kind, ['gone', 'after']);

  it('gives no access, makes requests time out, and recovers', { timeout: LONG }, async (context) => {
    const { cluster, wire } = wired;
    const [goneCodes, afterCodes] = await Promise.all(['gone', 'after'].map((what) => codesOf(cluster, what)));
    wire.freeze();
    // All are answered before it thaws.
    const gone = await Promise.all(signIn(cluster, 'gone', goneCodes!));
    wire.thaw();
    const after = await Promise.all(signIn(cluster, 'after', afterCodes!));
    note(context, {
      'while it hung': statuses(gone),
      'after it': statuses(after),
    });
    expect(tokens(gone)).toEqual([]);
    expect(new Set(gone.map(({ status }) => status))).toEqual(new Set([503]));
    expect(tokens(after)).toHaveLength(USERS);
  });
});
