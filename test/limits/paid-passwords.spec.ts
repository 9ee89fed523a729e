import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { addressIn, BEHIND_PROXY, from, sent, times } from '../support/guesses.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { type LoginRoute, loginRoute } from '../support/logins.js';
import { par, type WireRequest } from '../support/par.js';

const AT_ONCE = 150;

await describeOnEach('many passwords at once, where there were failures before,', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let login: LoginRoute;
  let networks = 0;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 3, BEHIND_PROXY);
    login = await loginRoute(instances.all[0]!, 'authtoken');
  });
  afterAll(() => instances.close());

  const newAddress = () => addressIn(networks++);
  const newUser = () => {
    const username = `user-${networks++}`;
    addUser(instances, username);
    return username;
  };
  const wrong = (address: string, username: string) => from(address, login.request(username, { password: 'guess' }));
  const guess = (address: string, username: string) => sent(instances.all[0]!, wrong(address, username));

  /** Sends them together. Gives how many were hashed, and how many outcomes were told. */
  async function burst(request: (index: number) => WireRequest): Promise<{ hashed: number; told: number }> {
    instances.all.forEach(({ users }) => (users.verifications = []));
    const answers: Answered[] = await par(instances.all, AT_ONCE, request);
    const hashed = instances.all.reduce((sum, { users }) => sum + users.verifications.length, 0);
    return { hashed, told: answers.filter(({ status }) => status !== 429).length };
  }

  it('[B-32] are hashed as often as attempts are left for the name from the network', async () => {
    const [username, address] = [newUser(), newAddress()];
    for (let index = 0; index < 10; index++) await guess(address, username);
    expect(await burst(() => wrong(address, username))).toEqual({ hashed: 0, told: 0 });
    instances.all[0]!.clock.advance(60);
    expect(await burst(() => wrong(address, username))).toEqual({ hashed: 1, told: 1 });
  });

  it('[B-32] are hashed as often as attempts are left for the name from all networks', async () => {
    const username = newUser();
    for (let index = 0; index < 99; index++) await guess(newAddress(), username);
    const addresses = times(AT_ONCE, '').map(newAddress);
    expect(await burst((index) => wrong(addresses[index]!, username))).toEqual({ hashed: 1, told: 1 });
  });

  it('[B-32] are hashed as often as names are left for the network', async () => {
    const address = newAddress();
    for (let index = 0; index < 48; index++) await guess(address, `nobody-${index}`);
    expect(await burst((index) => wrong(address, `somebody-${index}`))).toEqual({ hashed: 2, told: 2 });
  });

  it('[B-32] give back what the right ones of them have paid', async () => {
    const [username, address] = [newUser(), newAddress()];
    await guess(address, username);
    const right = () => sent(instances.all[0]!, from(address, login.request(username)));
    for (let index = 0; index < 15; index++) expect((await right()).status).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 10; index++) statuses.push((await guess(address, username)).status);
    expect(statuses).toEqual([...times(9, 400), 429]);
  });

  it('[B-32] give back what was paid for one that the directory could not judge', async () => {
    const [username, address] = [newUser(), newAddress()];
    await guess(address, username);
    const { users } = instances.all[0]!;
    users.verifyPassword = () => Promise.reject(new Error('The directory is down.'));
    for (let index = 0; index < 15; index++) expect((await guess(address, username)).status).toBe(500);
    Reflect.deleteProperty(users, 'verifyPassword');
    expect((await guess(address, username)).status).toBe(400);
  });
});
