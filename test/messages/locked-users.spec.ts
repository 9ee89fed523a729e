import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolled } from '../support/enrolled.js';
import { prompted } from '../support/prompted.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('a login during a lock', () => {
  it('[B-16] is sent no code, because none would be taken', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    for (let guess = 0; guess < 5; guess++) await booted.client.login('bob', { mfa_code: `00000${guess}` });
    const before = booted.outbox.count;
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
    expect(booted.outbox.count).toBe(before);
  });
});
