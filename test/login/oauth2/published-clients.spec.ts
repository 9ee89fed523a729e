import { afterEach, describe, expect, it, vi } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { enrolledByRow, rightCode } from '../../support/factor-rows.js';
import { PUBLISHED, type PublishedClient } from '../../support/published-clients.js';

describe.each(PLATFORMS)('clients that others published, on %s', (platform) => {
  let booted: BootedApp;
  let client: PublishedClient;
  afterEach(async () => {
    vi.restoreAllMocks();
    client.close?.();
    await booted.close();
  });

  const boot = async (name: string) => {
    // @badgateway/oauth2-client warns of an answer without a token.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    booted = await bootApp({ platform });
    client = await PUBLISHED[name]!(booted);
  };
  const opens = async (token: string) => (await booted.client.get('/app/me', { token, scheme: 'Bearer' })).status;

  /** Refreshes, where the package can, and revokes. */
  async function endings(): Promise<number[]> {
    const first = client.access();
    await client.refresh?.();
    const second = client.access();
    const refreshed = [await opens(first), await opens(second)];
    await client.revoke();
    return [...refreshed, await opens(second)];
  }
  const endingsOf = ({ refresh }: PublishedClient) => (refresh ? [401, 200, 401] : [200, 200, 401]);

  it.each(Object.keys(PUBLISHED))('[D-01] [D-08] [D-12] sign in twice, refresh and sign out: %s', async (name) => {
    await boot(name);
    expect(await client.signIn()).toBe(true);
    const first = client.access();
    expect(await client.signIn()).toBe(true);
    expect(client.access()).not.toBe(first);
    expect([await opens(first), await opens(client.access())]).toEqual([200, 200]);
    expect(await endings()).toEqual(endingsOf(client));
    expect(await opens(first)).toBe(200);
  });

  it.each(Object.keys(PUBLISHED))('[D-01] [D-08] [D-12] sign in with a second factor: %s', async (name) => {
    await boot(name);
    await enrolledByRow(booted, 'bob');
    expect(await client.signIn()).toBe(false);
    for (let round = 0; round < 2; round++) {
      expect(await client.signIn(await rightCode(booted, 'bob'))).toBe(true);
      expect(await opens(client.access())).toBe(200);
      booted.clock.advance(120);
    }
    expect(await endings()).toEqual(endingsOf(client));
  });
});
