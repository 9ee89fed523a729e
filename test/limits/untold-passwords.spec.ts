import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { holdPassword } from '../support/hold-judging.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

let booted: BootedApp;
let login: LoginRoute;
beforeEach(async () => {
  booted = await bootApp(BEHIND_PROXY);
  login = await loginRoute(booted, 'authtoken');
});
afterEach(() => booted.close());

const NEW = addressIn(3000);
const ask = (address: string, username: string, password = 'guess') =>
  sent(booted, from(address, login.request(username, { password })));

/**
 * Has a password judged, and lets others use up a limit before its outcome is told. It comes first: where there were failures before,
 * it would have paid already.
 */
async function outrun(password: string, fill: () => Promise<void>, last: () => Promise<unknown>): Promise<number> {
  const held = holdPassword(booted, password);
  const outcome = ask(NEW, 'bob', password);
  await held.asked;
  await fill();
  await last();
  held.judge();
  return (await outcome).status;
}

/** What the next requests from there say, at once and when there is room again: which are refused, and for how long. */
async function next(): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const seconds of [0, 10, ...times(11, 0)]) {
    booted.clock.advance(seconds);
    const { status, headers } = await ask(NEW, 'bob', 'one more');
    seen.push([status, headers.get('retry-after')]);
  }
  return seen;
}

const LIMITS: [string, () => Promise<void>, () => Promise<unknown>][] = [
  [
    'the name',
    async () => {
      for (let index = 0; index < 90; index++) await ask(addressIn(index), 'bob');
      for (let index = 0; index < 9; index++) await ask(NEW, 'bob');
    },
    () => ask(addressIn(200), 'bob'),
  ],
  [
    'the network',
    async () => {
      for (let index = 0; index < 49; index++) await ask(NEW, `name-${index}`);
    },
    () => ask(NEW, 'name-49'),
  ],
];

describe('the outcome of a password that is not told', () => {
  it.each(LIMITS)('[B-19] [T31] does not show in what is left, where %s has none', async (_, fill, last) => {
    const seen: unknown[] = [];
    for (const password of ['bob-password', 'wrong']) {
      expect(await outrun(password, fill, last)).toBe(429);
      seen.push(await next());
      await booted.close();
      booted = await bootApp(BEHIND_PROXY);
      login = await loginRoute(booted, 'authtoken');
    }
    expect(seen).toEqual(times(2, seen[0]));
  });
});
