import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { requestPhone } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('an old session of a user without MFA', () => {
  it('[E-07] requests no phone where the application wants a recent sign-in', async () => {
    booted = await bootApp({ mfa: { stepUp: { enrolmentMaxAgeSeconds: 900 } } });
    const token = await booted.client.token('alice');
    booted.clock.advance(900);
    expect((await requestPhone(booted, token, '14085550666')).status).toBe(200);
    booted.clock.advance(1);
    const refused = await requestPhone(booted, token, '14085550667');
    expect([refused.status, refused.body['code']]).toEqual([401, 'insufficient_user_authentication']);
    expect(booted.outbox.count).toBe(1);
  });
});
