import type { INestApplication } from '@nestjs/common';
import type { ShownChallenge } from '../verification/shown-methods.js';
import type { TestDevice, TestProof } from './test-device.js';
import { callersOf, type CallTest } from './test-calls.js';

/** How a test signs in. */
export class LoginWithMfaOptions {
  /** The user's devices. The first one that can answer a challenge is used. */
  devices: readonly TestDevice[] = [];
  /** The id of a method in `mfa_methods`. Default: the user's default one, or another one that a device can answer. */
  method?: string;
  /** The module's path, with the application's prefix. */
  path = 'mfa';
}

/** A user who is signed in. */
export interface TestSession {
  token: string;
  /** The answer that had the token. */
  body: Record<string, unknown>;
  /** Calls the application as this user: `session.fetch('/payout', { method: 'POST' })`. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

/** An answer that asks for a second factor. */
interface Asked {
  mfa_token: string;
  mfa_methods?: { id: string }[];
  challenge?: ShownChallenge;
}

/**
 * Signs a user in over HTTP, and proves the second factor with one of the user's devices. An application that does not
 * listen yet gets a free port. Throws if no token comes.
 * @example
 * ```ts
 * const inbox = new Inbox();
 * const session = await loginWithMfa(app, { username, password }, { devices: [inbox] });
 * const { status } = await session.fetch('/payout', { method: 'POST' });
 * ```
 */
export async function loginWithMfa(
  app: INestApplication,
  credentials: object,
  options: Partial<LoginWithMfaOptions> = {},
): Promise<TestSession> {
  const given = { ...new LoginWithMfaOptions(), ...options };
  const calls = await callersOf(app, given.path);
  const first = await calls.post('authtoken/login/', credentials);
  const last = isAsked(first) ? await answer(first, given, calls.post) : first;
  const { token } = last;
  if (typeof token !== 'string') throw new Error(`loginWithMfa: no token in the answer ${JSON.stringify(last)}.`);
  return { token, body: last, fetch: (path, init) => calls.fetch(token, path, init) };
}

async function answer(first: Asked, given: LoginWithMfaOptions, post: CallTest): Promise<Record<string, unknown>> {
  const { challenge } = first;
  const tried = challenge && (given.method ?? challenge.method) === challenge.method;
  const proof = tried && (await proofOf(challenge, given.devices));
  if (proof) return post('login/verify/', { mfa_token: first.mfa_token, ...proof });
  const methods = (first.mfa_methods ?? []).map(({ id }) => id);
  const others = methods.filter((id) => (given.method ?? id) === id && !(tried && id === challenge.method));
  for (const method of others) {
    const asked = await post('login/challenge/', { mfa_token: first.mfa_token, method });
    const found = isAsked(asked) && asked.challenge && (await proofOf(asked.challenge, given.devices));
    if (found) return post('login/verify/', { mfa_token: asked.mfa_token, ...found });
  }
  throw new Error(`loginWithMfa: no device answers any of ${JSON.stringify(first.mfa_methods)}.`);
}

async function proofOf(challenge: ShownChallenge, devices: readonly TestDevice[]): Promise<TestProof | undefined> {
  for (const device of devices) {
    const proof = await device.answer(challenge);
    if (proof) return proof;
  }
  return undefined;
}

function isAsked(body: object): body is Asked {
  return 'mfa_token' in body;
}
