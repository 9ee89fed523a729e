import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { rowOf } from '../support/factor-rows.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('what turning MFA off leaves', () => {
  it('[T-09] opens no route that wants a second factor', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const token = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    expect((await booted.client.get('/app/vault', { token })).status).toBe(200);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
    expect((await booted.client.get('/app/vault', { token })).status).toBe(401);
    expect((await booted.client.get('/app/me', { token })).status).toBe(200);
  });

  it('[B-10] washes no guess out of the rolling limit', async () => {
    booted = await bootApp();
    const token = await booted.client.token('alice');
    await requestPhone(booted, token, '14085550666');
    for (const guess of ['000000', '000001', '000002']) await verifyPhone(booted, token, guess);
    const before = (await rowOf(booted, 'alice')).codeArrival;
    await requestPhone(booted, token, '14085550667');
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(200);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
    expect((await rowOf(booted, 'alice')).codeArrival).toEqual(before);
  });
});
