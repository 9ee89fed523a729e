import type { Person } from '../people.js';
import type { Scenario } from '../selection.js';
import type { Competitor } from '../servers/bench-server.js';
import type { Connections, Reply } from './connections.js';
import { ORIGIN } from './origin.js';

/** A login that is about to be made. */
export interface Visitor {
  person: Person;
  /** The code that is right now. */
  code: string;
}

/** The requests of one login, each of whose answers is checked. */
export type Visit = (connections: Connections, visitor: Visitor) => Promise<void>;

export type LoginScenario = Exclude<Scenario, 'cold'>;

const SIGN_IN = '/api/auth/sign-in/email';
const VERIFY = '/api/auth/two-factor/verify-totp';

/** How somebody whose MFA is on signs in. */
export function visitOf(competitor: Competitor, scenario: LoginScenario): Visit {
  if (competitor === 'better-auth') return signInToBetterAuth;
  const path = competitor === 'module' ? '/mfa/authtoken/login/' : '/login';
  return async (connections, visitor) => {
    if (scenario !== 'code') await askForCode(connections, path, visitor);
    if (scenario !== 'prompt') await loginWithCode(connections, path, visitor);
  };
}

/** How somebody signs in before MFA is on: from then on the module knows the network. */
export async function firstVisit(connections: Connections, { person }: Visitor): Promise<void> {
  const { username, password } = person;
  expectToken(await connections.post('/mfa/authtoken/login/', { username, password }));
}

async function loginWithCode(connections: Connections, path: string, { person, code }: Visitor): Promise<void> {
  const { username, password } = person;
  expectToken(await connections.post(path, { username, password, mfa_code: code }));
}

async function askForCode(connections: Connections, path: string, { person }: Visitor): Promise<void> {
  const { username, password } = person;
  const reply = await connections.post(path, { username, password });
  if (fieldsOf(reply)['mfa_required'] !== true) throw unexpected(reply);
}

async function signInToBetterAuth(connections: Connections, { person, code }: Visitor): Promise<void> {
  const { username: email, password } = person;
  const prompt = await connections.post(SIGN_IN, { email, password }, { origin: ORIGIN });
  if (fieldsOf(prompt)['twoFactorRedirect'] !== true) throw unexpected(prompt);
  // A browser keeps only those that have not expired at once.
  const kept = prompt.cookies.filter((cookie) => !/;\s*max-age=0/i.test(cookie));
  const cookie = kept.map((one) => one.split(';')[0]).join('; ');
  expectToken(await connections.post(VERIFY, { code }, { origin: ORIGIN, cookie }));
}

function expectToken(reply: Reply): void {
  const { token } = fieldsOf(reply);
  if (typeof token !== 'string' || token === '') throw unexpected(reply);
}

function fieldsOf(reply: Reply): Record<string, unknown> {
  if (reply.status !== 200) throw unexpected(reply);
  return JSON.parse(reply.body) as Record<string, unknown>;
}

function unexpected({ status, body }: Reply): Error {
  return new Error(`Unexpected answer: ${status} ${body}`);
}
