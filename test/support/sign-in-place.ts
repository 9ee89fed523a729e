import { networkOf } from '../../src/http/network.js';
import { KnownNetworks } from '../../src/limits/known-networks.js';
import type { BootedApp } from './boot-app.js';

/** Makes the network of an address known for a user, as a granted login from there does. Without an address: the tests' own. */
export async function hasSignedInFrom(
  { app, users }: BootedApp,
  username: string,
  address = '127.0.0.1',
): Promise<void> {
  const known = app.get(KnownNetworks, { strict: false });
  await known.remember(await known.find(String(users.named(username).id), networkOf(address)));
}
