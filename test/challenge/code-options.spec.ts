import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(LOGIN_NAMES)('codes of another length and another window over %s', (name) => {
  it('[T24] are sent, taken and refused by these settings', async () => {
    booted = await bootApp({ mfa: { codes: { digits: 8, stepSeconds: 60 } } });
    const login = await loginRoute(booted, name);
    const token = await booted.client.token('alice');
    await requestPhone(booted, token, '14085550199');
    booted.clock.advance(119);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
    for (const [age, status] of [[119, 200] as const, [120, 400] as const]) {
      booted.clock.advance(3600 - ((booted.clock.now().getTime() / 1000) % 60));
      await login.send('alice');
      const mfa_code = booted.outbox.lastCode();
      expect(mfa_code).toMatch(/^[0-9]{8}$/);
      booted.clock.advance(age);
      expect([age, (await login.send('alice', { mfa_code })).status]).toEqual([age, status]);
    }
  });
});
