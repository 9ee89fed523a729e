import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';
import type { TestUsers } from '../support/test-users.js';

/** Other ways to write bob, which a database may take for the same. */
const VARIANTS: [string, string][] = [
  ['in upper case', 'BOB'],
  ['with a blank at the end', 'bob '],
  ['with a blank before it', ' bob'],
  ['with a blank of no break', 'bob\u00a0'],
  ['with an accent', 'bób'],
  ['with an accent apart', 'bo\u0301b'],
  ['in full width', 'ｂｏｂ'],
  ['with a space of no width', 'bob\u200b'],
  ['with a mark of direction', '\u202ebob'],
  ['with a soft hyphen', 'bo\u00adb'],
  ['with a selector of variants', 'bob\ufe0f'],
  ['with a byte order mark', '\ufeffbob'],
  ['in mathematical letters', '\u{1d41b}\u{1d428}\u{1d41b}'],
  ['in circles', 'ⓑⓞⓑ'],
];

/** Finds a user by any way to write the name, as the collation of a database may. */
function takeForTheSame(users: TestUsers): void {
  const { compare } = new Intl.Collator('en', { sensitivity: 'base' });
  users.findByUsername = (username) => {
    const name = username.normalize('NFKC').trim();
    const user = users.all.find((one) => compare(one.username, name) === 0);
    return Promise.resolve(user ? { ...user } : null);
  };
}

describe.each([
  { directory: 'takes names as they are', prepare: () => undefined, opens: 400 },
  { directory: 'takes them for the same', prepare: takeForTheSame, opens: 200 },
])('other ways to write a name, over a directory that $directory', ({ prepare, opens }) => {
  let booted: BootedApp;
  let login: LoginRoute;
  beforeEach(async () => {
    booted = await bootApp({ ...BEHIND_PROXY, mfa: { passwords: { perNetwork: 3, perUser: 10 } } });
    login = await loginRoute(booted, 'authtoken');
    prepare(booted.users);
  });
  afterEach(() => booted.close());

  async function guess(username: string, address: string): Promise<number> {
    return (await sent(booted, from(address, login.request(username, { password: 'guess' })))).status;
  }

  it('[I-13] give no new guesses, from one network or from many', async () => {
    for (const [index, [, variant]] of VARIANTS.entries()) {
      const statuses: number[] = [];
      for (const username of ['bob', variant, variant, 'bob', variant]) {
        statuses.push(await guess(username, addressIn(index)));
      }
      expect([variant, statuses]).toEqual([variant, [400, 400, 400, 429, 429]]);
      booted.clock.advance(3600);
    }
    const statuses: number[] = [];
    for (const [index, [, variant]] of VARIANTS.slice(0, 12).entries()) {
      statuses.push(await guess(variant, addressIn(1000 + index)));
    }
    expect(statuses).toEqual([...times(10, 400), 429, 429]);
    expect(await guess('bob', addressIn(2000))).toBe(429);
  });

  it('[I-13] are the same account where they are one, and none where they are not', async () => {
    const statuses = new Set<number>();
    for (const [, variant] of VARIANTS) {
      statuses.add((await login.send(variant, { password: 'bob-password' })).status);
      booted.clock.advance(3600);
    }
    expect([...statuses]).toEqual([opens]);
  });

  it('[I-13] leave other names alone', async () => {
    for (let index = 0; index < 4; index++) await guess('bob', addressIn(1));
    for (const other of ['bobb', 'bo', 'b.ob', 'bob1', 'вob', 'bob@example.com', 'b']) {
      expect([other, await guess(other, addressIn(1))]).toEqual([other, 400]);
    }
  });
});
