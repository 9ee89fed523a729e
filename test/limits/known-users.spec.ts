import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

/** Two accounts whose names count as one: of `ros` and `ross`, and two of Devanagari that differ by a vowel sign. */
const NAMESAKES = [
  ['ros', 'ross'],
  ['\u0915\u093f', '\u0915\u0940'],
] as const;

describe.each(PLATFORMS)('a network that a user has signed in from, on %s', (platform) => {
  let booted: BootedApp;
  let login: LoginRoute;
  beforeEach(async () => {
    booted = await bootApp({ platform, ...BEHIND_PROXY, mfa: { passwords: { perUser: 20 } } });
    login = await loginRoute(booted, 'authtoken');
    const find = booted.users.findByUsername.bind(booted.users);
    booted.users.findByUsername = (name) => find(name.toLowerCase());
  });
  afterEach(() => booted.close());

  const statusOf = async (address: string, username: string, more?: Record<string, string>) =>
    (await sent(booted, from(address, login.request(username, more)))).status;

  it.each(NAMESAKES)('[B-33] is not known for %j because %j has signed in from there', async (victim, namesake) => {
    [victim, namesake].forEach((name) => booted.users.add(name));
    const networks = Array.from({ length: 30 }, (_, index) => addressIn(index));
    for (const address of networks) expect(await statusOf(address, namesake)).toBe(200);
    const statuses: number[] = [];
    for (const address of networks) statuses.push(await statusOf(address, victim, { password: 'guess' }));
    expect(statuses).toEqual([...times(20, 400), ...times(10, 429)]);
  });

  it('[B-33] is known for its user in every spelling of the name', async () => {
    expect(await statusOf(addressIn(1000), 'bob')).toBe(200);
    for (let index = 0; index < 20; index++) await statusOf(addressIn(index), 'bob', { password: 'guess' });
    expect(await statusOf(addressIn(2000), 'bob')).toBe(429);
    expect(await statusOf(addressIn(1000), 'BOB', { password: 'bob-password' })).toBe(200);
  });
});
