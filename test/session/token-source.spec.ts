import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

let booted: BootedApp;
afterEach(() => booted.close());

const fromCookie = ({ headers }: { headers: { cookie?: string } }) => /\bmfa=([^;]+)/.exec(headers.cookie ?? '')?.[1];

describe.each(PLATFORMS)('the option `token` over %s', (platform) => {
  it('finds the token where the application says, and still in the header', async () => {
    booted = await bootApp({ platform, mfa: { token: fromCookie } });
    const token = await booted.client.token('alice');
    const me = (headers: Record<string, string>) => booted.client.get('/app/me', { headers });
    expect((await me({ cookie: `a=b; mfa=${token}` })).body).toMatchObject({ username: 'alice' });
    expect((await me({ authorization: `Bearer ${token}` })).body).toMatchObject({ username: 'alice' });
    expect((await me({ cookie: `mfa=${token}x` })).status).toBe(401);
    expect((await me({ cookie: 'a=b' })).status).toBe(401);
  });

  it('takes the header first: a cookie that somebody has planted does not replace it', async () => {
    booted = await bootApp({ platform, mfa: { token: fromCookie } });
    const [alice, bob] = [await booted.client.token('alice'), await booted.client.token('bob')];
    const { body } = await booted.client.get('/app/me', { token: alice, headers: { cookie: `mfa=${bob}` } });
    expect(body).toMatchObject({ username: 'alice' });
  });

  it('takes nothing but a text for a token', async () => {
    for (const odd of [true, 5, {}, ['token'], '', null]) {
      booted = await bootApp({ platform, mfa: { token: () => odd as string } });
      expect((await booted.client.get('/app/me')).status).toBe(401);
      if (odd !== null) await booted.close();
    }
  });
});
