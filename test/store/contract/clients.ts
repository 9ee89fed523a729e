import { expect, it } from 'vitest';
import type { Stores } from './open-stores.js';

/** Clients of the OAuth2 login: an id and a secret open exactly one. */
export function keepsClients(given: () => Stores): void {
  it('knows a client by its id and secret, at every instance', async () => {
    const { all, clients } = given();
    const { clientId, clientSecret } = await clients.create({
      name: 'Ада 😀',
      grants: ['password'],
      scopes: ['a', 'b'],
    });
    for (const at of all) {
      const found = await at.clients.authenticate(clientId, clientSecret);
      expect(found).toMatchObject({ name: 'Ада 😀', grants: ['password'], scopes: ['a', 'b'] });
    }
    await clients.remove(clientId);
    expect(await clients.authenticate(clientId, clientSecret)).toBeNull();
  });

  it('knows none by another spelling, a wrong secret, or text that no row can have', async () => {
    const { clients } = given();
    const { clientId, clientSecret } = await clients.create({ name: 'c', grants: ['password'] });
    for (const id of [clientId.toUpperCase(), `${clientId} `, `${clientId}\0`, '\ud83d', '']) {
      expect(await clients.authenticate(id, clientSecret)).toBeNull();
    }
    for (const secret of [undefined, '', ` ${clientSecret}`]) {
      expect(await clients.authenticate(clientId, secret)).toBeNull();
    }
  });

  it('keeps a public client without a secret and without scopes', async () => {
    const { clients } = given();
    const { clientId, clientSecret } = await clients.create({ name: 'c', grants: ['password'], public: true });
    expect(clientSecret).toBeUndefined();
    expect(await clients.authenticate(clientId, undefined)).toMatchObject({ secretHash: null, scopes: [] });
    expect(await clients.authenticate(clientId, 'any')).toBeNull();
  });

  it('[I-09] asks the database for nothing but text', async () => {
    const { clients } = given();
    await clients.create({ name: 'c', grants: ['password'], public: true });
    for (const id of [0, true, null, undefined, {}, [], ['c']] as never[]) {
      await expect(clients.authenticate(id, undefined)).rejects.toThrow(TypeError);
      await expect(clients.remove(id)).rejects.toThrow(TypeError);
    }
  });
}
