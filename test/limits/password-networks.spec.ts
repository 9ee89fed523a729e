import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { holdDecision } from '../support/hold-judging.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';

const DAY = 86_400;
/** The status of a login, and when to come again. */
type Outcome = [status: number, retryAfter: string | null];
const IN: Outcome = [200, null];
const SLOWED: Outcome = [429, '36'];

const [HOME, CAFE] = [addressIn(1000), addressIn(2000)];

let booted: BootedApp;
/** One of the two: they share their counts. */
let login: LoginRoute;
beforeEach(async () => {
  booted = await bootApp(BEHIND_PROXY);
  login = await loginRoute(booted, 'authtoken');
});
afterEach(() => booted.close());

/** A login of bob with his password, from there. */
async function ownLogin(address: string): Promise<Outcome> {
  const { status, headers } = await sent(booted, from(address, login.request('bob')));
  return [status, headers.get('retry-after')];
}

async function guess(address: string, username = 'bob'): Promise<number> {
  return (await sent(booted, from(address, login.request(username, { password: 'guess' })))).status;
}

/** One wrong password for bob from each of so many networks. */
async function guessFromNetworks(count: number, first = 0): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = first; index < first + count; index++) statuses.push(await guess(addressIn(index)));
  return statuses;
}

describe('strangers on many networks', () => {
  it('[B-19] have a hundred guesses at a name together, and then one each 36 seconds', async () => {
    expect(await guessFromNetworks(105)).toEqual([...times(100, 400), ...times(5, 429)]);
    booted.clock.advance(35);
    expect(await guessFromNetworks(1, 200)).toEqual([429]);
    booted.clock.advance(1);
    expect(await guessFromNetworks(2, 201)).toEqual([400, 429]);
    booted.clock.advance(3600);
    expect(await guessFromNetworks(101, 300)).toEqual([...times(100, 400), 429]);
  });

  it('[B-19] lock nobody: the owner gets in at once where they have been, and elsewhere after a while', async () => {
    expect(await ownLogin(HOME)).toEqual(IN);
    await guessFromNetworks(110);
    expect(await ownLogin(HOME)).toEqual(IN);
    expect(await ownLogin(CAFE)).toEqual(SLOWED);
    booted.clock.advance(36);
    expect(await ownLogin(CAFE)).toEqual(IN);
    await guessFromNetworks(10, 200);
    expect(await ownLogin(CAFE)).toEqual(IN);
  });

  it('[B-19] do not stand in the way of other names', async () => {
    await guessFromNetworks(101);
    booted.users.add('erin');
    expect((await sent(booted, from(addressIn(0), login.request('erin')))).status).toBe(200);
  });

  it('[B-19] gain nothing by the network that the owner signs in from', async () => {
    await ownLogin(HOME);
    await guessFromNetworks(100);
    const neighbour = HOME.replace(/\d+$/, '250');
    const statuses: number[] = [];
    for (let index = 0; index < 11; index++) statuses.push(await guess(neighbour));
    expect(statuses).toEqual([...times(10, 400), 429]);
  });
});

describe('a network that a name has signed in from', () => {
  it('[B-19] is known for ninety days', async () => {
    await ownLogin(HOME);
    booted.clock.advance(90 * DAY - 1);
    await guessFromNetworks(100);
    expect([await ownLogin(CAFE), await ownLogin(HOME)]).toEqual([SLOWED, IN]);
  });

  it('[B-19] is one like all others after that', async () => {
    await ownLogin(HOME);
    booted.clock.advance(90 * DAY);
    await guessFromNetworks(100);
    expect(await ownLogin(HOME)).toEqual(SLOWED);
  });

  it('[B-19] stays known while there are logins from it', async () => {
    for (let own = 0; own < 4; own++) {
      expect(await ownLogin(HOME)).toEqual(IN);
      booted.clock.advance(60 * DAY);
    }
    await guessFromNetworks(100);
    expect(await ownLogin(HOME)).toEqual(IN);
    expect(await ownLogin(CAFE)).toEqual(SLOWED);
  });

  it('[B-19] is made so by a second factor too where there is one, and not by the password alone', async () => {
    await enrolledByRow(booted, 'bob');
    expect(await ownLogin(CAFE)).toEqual(IN);
    const mfa_code = await rightCode(booted, 'bob');
    expect((await sent(booted, from(HOME, login.request('bob', { mfa_code })))).body['token']).toBeTypeOf('string');
    await guessFromNetworks(100);
    expect([await ownLogin(CAFE), await ownLogin(HOME)]).toEqual([SLOWED, IN]);
  });

  it('[B-19] is not made so by the login of another, where the application gives one object to both', async () => {
    const { users } = booted;
    await enrolledByRow(booted, 'bob');
    users.findByUsername = (username) => Promise.resolve(users.named(username));
    const mfa_code = await rightCode(booted, 'bob');
    const held = holdDecision(booted);
    const own = sent(booted, from(HOME, login.request('bob', { mfa_code })));
    await held.asked;
    await ownLogin(CAFE);
    held.decide();
    expect((await own).body['token']).toBeTypeOf('string');
    await guessFromNetworks(100);
    expect(await ownLogin(CAFE)).toEqual(SLOWED);
  });

  it('[B-19] is not made so by wrong passwords, nor by the right ones of others', async () => {
    for (let index = 0; index < 5; index++) expect(await guess(HOME)).toBe(400);
    expect((await sent(booted, from(HOME, login.request('alice')))).status).toBe(200);
    await guessFromNetworks(95);
    expect(await ownLogin(HOME)).toEqual(SLOWED);
  });
});

describe('a network that tries many names', () => {
  const guessNames = async (address: string, count: number, first = 0) => {
    const statuses: number[] = [];
    for (let index = first; index < first + count; index++) statuses.push(await guess(address, `name-${index}`));
    return statuses;
  };

  it('[B-19] gets fifty of them wrong, and then one more each ten seconds', async () => {
    expect(await guessNames(CAFE, 52)).toEqual([...times(50, 400), 429, 429]);
    expect(await ownLogin(CAFE)).toEqual([429, '10']);
    booted.clock.advance(9);
    expect(await ownLogin(CAFE)).toEqual([429, '1']);
    booted.clock.advance(1);
    expect(await guessNames(CAFE, 2, 100)).toEqual([400, 429]);
    expect(await guessNames(HOME, 1, 200)).toEqual([400]);
  });

  it('[B-19] is still that of the people who sign in there', async () => {
    expect(await ownLogin(CAFE)).toEqual(IN);
    await guessNames(CAFE, 51);
    expect(await ownLogin(CAFE)).toEqual(IN);
    expect(await guess(CAFE)).toBe(400);
    expect(await ownLogin(CAFE)).toEqual(IN);
  });

  it('[B-19] is counted by names, and not by how often somebody mistypes their password', async () => {
    for (let index = 0; index < 9; index++) expect(await guessNames(CAFE, 9)).toEqual(times(9, 400));
    expect(await guessNames(CAFE, 42, 9)).toEqual([...times(41, 400), 429]);
  });
});
