import { afterEach, expect, it } from 'vitest';
import { randomKey } from '../../src/crypto/randomness.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { guessPasswords } from '../support/guesses.js';
import type { BootedApp } from '../support/boot-app.js';
import { addUser, bootInstances, type Instances } from '../support/instances.js';
import { loginRoute } from '../support/logins.js';
import { phoneInUS, signUp } from '../support/newcomers.js';
import { openSession, requestPhone } from '../support/own-mfa.js';

/** Two keys in the order of their names: limits are kept under the first of them. */
const [FIRST, SECOND] = [randomKey(), randomKey()]
  .map((key) => key.toString('base64'))
  .toSorted((one, other) => new KeyRing([one]).primary.localeCompare(new KeyRing([other]).primary)) as [string, string];

let instances: Instances;
afterEach(() => instances.close());

it.each([
  ['before a new key is known everywhere', [FIRST, SECOND]],
  ['once the new key is first', [SECOND, FIRST]],
])('[B-12] counts wrong passwords on in a rotation of keys, %s', async (_, keys) => {
  instances = await bootInstances(1, { mfa: { keys: [FIRST] } });
  const old = await loginRoute(instances.all[0]!, 'authtoken');
  expect(await guessPasswords(old, 'bob', 9)).not.toContain(429);
  const next = await loginRoute(await instances.boot({ mfa: { keys } }), 'authtoken');
  expect(await guessPasswords(next, 'bob', 2)).toEqual([400, 429]);
  expect(await guessPasswords(old, 'bob', 1)).toEqual([429]);
});

it.each([
  ['before a new key is known everywhere', [FIRST, SECOND]],
  ['once the new key is first', [SECOND, FIRST]],
])('[C-06] counts messages to a number on in a rotation of keys, %s', async (_, keys) => {
  instances = await bootInstances(1, { mfa: { keys: [FIRST] } });
  const [old] = instances.all as [BootedApp];
  for (let asked = 0; asked < 5; asked++) expect((await signUp(old, phoneInUS(0))).status).toBe(200);
  const next = await instances.boot({ mfa: { keys } });
  for (const { username } of old.users.all.slice(next.users.all.length)) next.users.add(username);
  addUser(instances, 'somebody-new');
  const token = await openSession(next, 'somebody-new');
  expect((await requestPhone(next, token, phoneInUS(0))).status).toBe(429);
});
