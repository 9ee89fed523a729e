import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

/** An address in a network of a site: 65 536 networks of 64 bits in one of 48. */
const inSite = (site: number, network: number) => `2001:db8:${site.toString(16)}:${network.toString(16)}::7`;

const [STRANGER, OWN] = [0xa, 0xb];

describe.each(PLATFORMS)('an IPv6 site, on %s', (platform) => {
  let booted: BootedApp;
  let login: LoginRoute;
  beforeEach(async () => {
    booted = await bootApp({ platform, ...BEHIND_PROXY });
    login = await loginRoute(booted, 'authtoken');
  });
  afterEach(() => booted.close());

  const statusOf = async (address: string, username = 'bob', more?: Record<string, string>) =>
    (await sent(booted, from(address, login.request(username, more)))).status;
  const guess = (network: number, username = 'bob', site = STRANGER) =>
    statusOf(inSite(site, network), username, { password: 'guess' });

  it('[B-28] guesses at a name like one network, and keeps its owner out of no new network', async () => {
    expect(await statusOf(inSite(OWN, 1))).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 100; index++) statuses.push(await guess(index % 40));
    expect(statuses).toEqual([...times(10, 400), ...times(90, 429)]);
    for (let index = 0; index < 20; index++) {
      booted.clock.advance(12);
      await guess(40 + index);
      // Another network each time: of the owner's site, and of one that is new.
      expect(await statusOf(inSite(OWN, 2 + index))).toBe(200);
      expect(await statusOf(inSite(0xc00 + index, 1))).toBe(200);
    }
  });

  it('[B-28] gets as many names wrong as one network of IPv4', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 60; index++) statuses.push(await guess(index, `name-${index}`));
    expect(statuses).toEqual([...times(50, 400), ...times(10, 429)]);
  });

  it('[B-28] stays known to its owner whatever strangers elsewhere do', async () => {
    expect(await statusOf(inSite(OWN, 1))).toBe(200);
    for (let site = 0; site < 10; site++) {
      for (let index = 0; index < 10; index++) await guess(index, 'bob', 0x100 + site);
    }
    expect(await statusOf(inSite(0xd, 1))).toBe(429);
    expect(await statusOf(inSite(OWN, 2))).toBe(200);
  });

  it('[B-28] cannot slow its owner in the very network that is known', async () => {
    expect(await statusOf(inSite(OWN, 1))).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++) statuses.push(await guess(2 + index, 'bob', OWN));
    expect(statuses).toEqual([...times(10, 400), 429, 429]);
    expect(await statusOf(inSite(OWN, 1))).toBe(200);
  });

  it('[B-28] asks for as many messages as one network of IPv4', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 22; index++) {
      const username = `user-${index}`;
      booted.users.add(username);
      const token = await booted.client.token(username);
      const headers = { 'x-forwarded-for': inSite(STRANGER, index) };
      const json = { phone_number: `1408555${1000 + index}` };
      statuses.push((await booted.client.put('/mfa/sms/request/', { token, headers, json })).status);
    }
    expect(statuses).toEqual([...times(20, 200), 429, 429]);
    expect(booted.outbox.count).toBe(20);
  });
});
