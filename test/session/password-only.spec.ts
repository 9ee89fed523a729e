import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { rowOf } from '../support/factor-rows.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

const ROUTES: [string, string][] = [
  ['GET', '/mfa/'],
  ['DELETE', '/mfa/'],
  ['GET', '/mfa/recovery/'],
  ['PUT', '/mfa/sms/request/'],
  ['PUT', '/mfa/sms/verify/'],
  ['POST', '/mfa/step-up/'],
  ['POST', '/mfa/logout/'],
  ['GET', '/app/me'],
  ['GET', '/app/vault'],
];

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('a session that the password alone has made, on %s', (platform) => {
  it('[T1] reaches no route once MFA is on', async () => {
    booted = await bootApp({ platform });
    const [token, other] = [await booted.client.token('bob'), await booted.client.token('bob')];
    await requestPhone(booted, other, '14085550101');
    expect((await verifyPhone(booted, other, booted.outbox.lastCode())).status).toBe(200);
    const before = [await rowOf(booted, 'bob'), booted.outbox.count];
    for (const [method, path] of ROUTES) {
      const json = path.includes('request') ? { phone_number: '14085550199' } : { mfa_code: '123456' };
      const sent = { token, ...(method === 'PUT' || method === 'POST' ? { json } : {}) };
      const { status } = await denied(booted, () => booted.client.request(method, path, sent));
      expect([method, path, status]).toEqual([method, path, 401]);
    }
    expect([await rowOf(booted, 'bob'), booted.outbox.count]).toEqual(before);
  });
});
