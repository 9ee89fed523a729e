import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { rawRows, requestPhone, verifyPhone } from '../support/own-mfa.js';

let booted: BootedApp;
beforeEach(async () => {
  booted = await bootApp();
});
afterEach(() => booted.close());

async function statusOf(path: string, token: string): Promise<number> {
  return (await booted.client.get(path, { token })).status;
}

async function amrOf(token: string): Promise<unknown> {
  return (await booted.client.get('/app/me', { token })).body['amr'];
}

/** Turns MFA on with a session, at this moment. */
async function turnOn(token: string): Promise<void> {
  await requestPhone(booted, token, '14085550199');
  expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
}

describe('a session that turns MFA on', () => {
  it('[T-09] has proven a second factor by that, and opens what wants one', async () => {
    const token = await booted.client.token('alice');
    expect(await statusOf('/app/vault', token)).toBe(401);
    await turnOn(token);
    expect(await statusOf('/app/vault', token)).toBe(200);
    booted.clock.advance(301);
    expect(await statusOf('/app/vault', token)).toBe(401);
  });

  it('[T-09] keeps what it had proven before, and names each proof once', async () => {
    const token = await booted.client.token('alice');
    expect(await amrOf(token)).toEqual(['pwd']);
    await turnOn(token);
    expect(await amrOf(token)).toEqual(['pwd', 'sms', 'mfa']);
    booted.clock.advance(600);
    await booted.client.post('/mfa/step-up/', { token });
    const json = { mfa_code: booted.outbox.lastCode() };
    expect((await booted.client.post('/mfa/step-up/', { token, json })).body).toEqual({ mfa_required: false });
    expect(await amrOf(token)).toEqual(['pwd', 'sms', 'mfa']);
  });

  it('[S-10] is the only one of its user that is left in the database', async () => {
    const [token] = [await booted.client.token('alice'), await booted.client.token('alice')];
    await booted.client.token('bob');
    await turnOn(token);
    const ids = (await rawRows(booted, 'mfa_session')).map(({ user_id }) => user_id);
    const left = (username: string) => ids.filter((id) => id === String(booted.users.named(username).id)).length;
    expect([left('alice'), left('bob')]).toEqual([1, 1]);
    expect(await statusOf('/app/me', token)).toBe(200);
  });
});
