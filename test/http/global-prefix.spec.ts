import { type INestApplication, RequestMethod } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

const LOGIN = 'mfa/authtoken/login';
const EXCLUDED = [
  LOGIN,
  `${LOGIN}/`,
  `/${LOGIN}`,
  'mfa/{*rest}',
  'mfa/authtoken/:name',
  { path: LOGIN, method: RequestMethod.POST },
  { path: `${LOGIN}/`, method: RequestMethod.POST },
];

describe.each(PLATFORMS)('a global prefix with `exclude` on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it.each(EXCLUDED)('[F-27] leaves both spellings of a route where they are: %j', async (excluded) => {
    const setUp = (app: INestApplication) => app.setGlobalPrefix('api', { exclude: [excluded] as string[] });
    booted = await bootApp({ platform, setUp });
    const json = { username: 'alice', password: 'alice-password' };
    for (const slash of ['', '/']) {
      const ask = async (prefix: string) => (await booted.client.post(`${prefix}/${LOGIN}${slash}`, { json })).status;
      // The server says 404, or 405 where other methods stay.
      expect([slash, await ask(''), (await ask('/api')) >= 404]).toEqual([slash, 200, true]);
    }
    expect((await booted.client.post('/api/mfa/oauth2/token/')).status).toBe(excluded === 'mfa/{*rest}' ? 404 : 401);
  });

  it('[F-27] moves the status by both spellings', async () => {
    const setUp = (app: INestApplication) => app.setGlobalPrefix('api', { exclude: ['mfa'] });
    booted = await bootApp({ platform, setUp });
    for (const path of ['/mfa', '/mfa/']) {
      expect([path, (await booted.client.get(path)).status]).toEqual([path, 401]);
      expect([path, (await booted.client.get(`/api${path}`)).status]).toEqual([path, 404]);
    }
  });
});
