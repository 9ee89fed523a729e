import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { addressIn, BEHIND_PROXY, from, guessPasswords, sent, times } from '../support/guesses.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';

const PLACES = PLATFORMS.flatMap((platform) => LOGIN_NAMES.map((name) => ({ platform, name })));

describe.each(PLACES)('the address of a client, at $name on $platform', ({ platform, name }) => {
  let booted: BootedApp;
  let login: LoginRoute;
  afterEach(() => booted.close());

  const boot = async (options: Parameters<typeof bootApp>[0] = {}) => {
    booted = await bootApp({ platform, ...options });
    login = await loginRoute(booted, name);
  };
  /** A wrong password for bob, with this in a header. */
  const guess = async (header: string, address: string) => {
    const { headers, path, ...rest } = login.request('bob', { password: 'guess' });
    const { status } = await booted.client.post(path, { ...rest, headers: { ...headers, [header]: address } });
    return status;
  };
  const guesses = async (addresses: string[], header = 'x-forwarded-for') => {
    const statuses: number[] = [];
    for (const address of addresses) statuses.push(await guess(header, address));
    return statuses;
  };
  const warnings = () => booted.log.filter((line) => /X-Forwarded-For|client address/.test(line));

  it('[B-26] [T32] is not what X-Forwarded-For says where no proxy is trusted: a hundred of them are one', async () => {
    await boot();
    const forged = Array.from({ length: 100 }, (_, index) => addressIn(index));
    expect(await guesses(forged)).toEqual([...times(10, 400), ...times(90, 429)]);
    expect((await login.send('bob')).status).toBe(429);
  });

  it('[B-26] is not in any other header either', async () => {
    await boot(BEHIND_PROXY);
    const headers = ['forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip', 'x-forwarded'];
    const statuses: number[] = [];
    for (const [index, header] of [...headers, ...headers].entries()) {
      const value = header === 'forwarded' ? `for=${addressIn(index)}` : addressIn(index);
      statuses.push(await guess(header, value));
    }
    expect(statuses).toEqual([...times(10, 400), 429, 429]);
  });

  it('[B-26] [T32] is what a trusted proxy says: each client has a budget of its own', async () => {
    await boot(BEHIND_PROXY);
    expect(await guesses(times(11, addressIn(1)))).toEqual([...times(10, 400), 429]);
    expect(await guesses(times(11, addressIn(2)))).toEqual([...times(10, 400), 429]);
    expect(await guessPasswords(login, 'bob', 11)).toEqual([...times(10, 400), 429]);
    expect((await sent(booted, from(addressIn(3), login.request('bob')))).status).toBe(200);
  });

  it('[B-26] is what the proxy has added, and not what the client put before it', async () => {
    await boot(BEHIND_PROXY);
    const forged = Array.from({ length: 12 }, (_, index) => `${addressIn(index)}, ${addressIn(500)}`);
    expect(await guesses(forged)).toEqual([...times(10, 400), 429, 429]);
  });

  it('[B-26] counts with its whole network: what one client can choose from', async () => {
    await boot(BEHIND_PROXY);
    const ofOne = (address: (host: number) => string) => Array.from({ length: 11 }, (_, host) => address(host));
    for (const [neighbours, others] of [
      [ofOne((host) => `203.0.113.${host * 20}`), ['203.0.112.255', '203.0.114.0']],
      [ofOne((host) => `2001:db8:1:2:${host}::${host}`), ['2001:db8:0:ffff:ffff:ffff:ffff:ffff', '2001:db8:2::']],
      [ofOne((host) => `::ffff:192.0.2.${host}`), ['::ffff:192.0.3.1', '192.0.1.1']],
    ] as const) {
      expect(await guesses([...neighbours])).toEqual([...times(10, 400), 429]);
      expect(await guesses([...others])).toEqual([400, 400]);
    }
    expect(await guesses(['192.0.2.77'])).toEqual([429]);
  });

  it('[B-26] [T32] is said to be hidden in one warning, when a proxy is there that is not trusted', async () => {
    await boot();
    expect(warnings()).toEqual([]);
    await guesses(times(3, '203.0.113.7'));
    await sent(booted, from('203.0.113.8', login.request('bob')));
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('trusts no proxy');
    expect(warnings()[0]).not.toContain('203.0.113');
  });

  it('[B-26] is not warned of behind a trusted proxy, and not without one', async () => {
    await boot(BEHIND_PROXY);
    await guesses(times(3, '203.0.113.7'));
    await guessPasswords(login, 'bob', 2);
    expect(warnings()).toEqual([]);
    await booted.close();
    await boot();
    await guessPasswords(login, 'bob', 2);
    expect(warnings()).toEqual([]);
  });

  // Some gateways write `address:port` into X-Forwarded-For, and Express hands it on.
  it('[B-26] [T32] is the same with a port', async () => {
    await boot(BEHIND_PROXY);
    const ports = Array.from({ length: 11 }, (_, index) => `203.0.113.7:${5000 + index}`);
    expect(await guesses(ports)).toEqual([...times(10, 400), 429]);
    expect(await guesses(['198.51.100.7:5000'])).toEqual([400]);
    expect(warnings()).toEqual([]);
  });

  it('[B-26] is said to be none in one warning, where it is none', async () => {
    await boot(BEHIND_PROXY);
    await guesses(['_hidden', '_hidden']);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('Could not parse the client address');
  });
});
