import { type Answered, type Client, Unanswered } from '../support/client.js';
import { phoneOf, rightCode } from '../support/factor-rows.js';
import type { Cluster, Server } from './cluster.js';

/** What a user has done and was told, while processes died around them. */
export interface Life {
  name: string;
  kind: 'login' | 'disable' | 'enrol';
  /** Whether every request got an answer. */
  answered: boolean;
  /** The tokens that their one code has brought. */
  tokens: string[];
  /** A token that was answered, and must go on working. */
  kept?: string;
  /** Whether MFA is on, as far as the answers leave no doubt. */
  told?: boolean;
  /** An answer that no application should give. */
  failure?: string;
}

export interface Visit extends Pick<Life, 'name' | 'kind'> {
  server: Server;
  /** Where a code is tried once more. */
  other: Server;
}

/** Signs one user in, and turns MFA on or off where the visit is for that. */
export async function liveThrough(cluster: Cluster, visit: Visit): Promise<Life> {
  const { name, kind } = visit;
  const life: Life = { name, kind, answered: true, tokens: [] };
  if (kind === 'enrol') await enrol(visit, life);
  else await signIn(cluster, visit, life);
  return life;
}

async function signIn({ rows }: Cluster, { name, kind, server, other }: Visit, life: Life): Promise<void> {
  const mfa_code = await rightCode(rows, name);
  life.told = true;
  for (const asked of [server, other]) {
    const answer = await sent(life, asked, (client) => client.login(name, { mfa_code }));
    if (typeof answer?.body['token'] === 'string') life.tokens.push(answer.body['token']);
  }
  const token = life.tokens[0];
  life.kept = token;
  if (kind !== 'disable' || token === undefined) return;
  const answer = await sent(life, server, (client) => client.delete('/mfa/', { token }));
  // The session that does it goes on; but of a request that got no answer one does not know what was done.
  life.told = answer ? answer.status !== 204 : undefined;
  if (!answer) life.kept = undefined;
}

async function enrol({ name, server }: Visit, life: Life): Promise<void> {
  const token = (await sent(life, server, (client) => client.login(name)))?.body['token'];
  if (typeof token !== 'string') return;
  life.kept = token;
  life.told = false;
  const json = { phone_number: phoneOf(name) };
  if (!(await sent(life, server, (client) => client.put('/mfa/sms/request/', { token, json })))) return;
  const mfa_code = server.codes.get(name);
  const answer = await sent(life, server, (client) => client.put('/mfa/sms/verify/', { token, json: { mfa_code } }));
  life.told = answer && answer.status === 200;
  if (!answer) life.kept = undefined;
}

/** The answer, or undefined if the process died over the request. */
async function sent(
  life: Life,
  server: Server,
  request: (client: Client) => Promise<Answered>,
): Promise<Answered | undefined> {
  server.busy++;
  try {
    const answer = await request(server.client);
    if (answer.status >= 500) life.failure = `${answer.status} ${answer.text}`;
    return answer;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    life.answered = false;
    return undefined;
  } finally {
    server.busy--;
  }
}
