import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';
import { rightCode } from '../support/factor-rows.js';
import { provenToken, rawRows } from '../support/own-mfa.js';

// One GET hands out new backup codes, as documented; E-17 tells who may send it.
const PATHS = [
  '/mfa/',
  '/mfa/recovery/',
  '/mfa/sms/request/',
  '/mfa/sms/verify/',
  '/mfa/step-up/',
  '/mfa/logout/',
  '/mfa/authtoken/login/',
  '/mfa/oauth2/token/',
  '/app/me',
  '/app/vault',
];

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('requests that are meant to be safe, on %s', (platform) => {
  it('[T29] change nothing that is kept, and send nothing', async () => {
    booted = await bootApp({ platform });
    await enrolled(booted, 'bob');
    const token = await provenToken(booted, 'bob');
    const kept = async () => [
      await rawRows(booted, 'mfa_multi_factor_auth'),
      await rawRows(booted, 'mfa_session'),
      booted.outbox.count,
    ];
    const before = await kept();
    for (const path of PATHS) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        if (method === 'GET' && path === '/mfa/recovery/') continue;
        await booted.client.request(method, `${path}?mfa_code=${await rightCode(booted, 'bob')}`, { token });
        expect([method, path, ...(await kept())]).toEqual([method, path, ...before]);
      }
    }
  });
});
