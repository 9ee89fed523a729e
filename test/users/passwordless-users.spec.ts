import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('a user without a password of their own', () => {
  it('[L-01] cannot be told from an unknown one, also where the hash function refuses an empty hash', async () => {
    booted = await bootApp();
    const verify = booted.users.verifyPassword.bind(booted.users);
    booted.users.verifyPassword = (hash, password) =>
      hash ? verify(hash, password) : Promise.reject(new Error('no hash'));
    booted.users.named('alice').passwordHash = '';
    const [known, unknown] = [await booted.client.login('alice'), await booted.client.login('nobody')];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
  });
});
