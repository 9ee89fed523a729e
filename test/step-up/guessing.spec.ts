import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { openSession } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('guessing with a session', () => {
  it('[B-34] [T11] ends that session after five wrong codes at step-up, and leaves the login of the owner alone', async () => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
    const token = await openSession(booted, 'bob');
    const stepUp = (mfa_code: string) => booted.client.post('/mfa/step-up/', { token, json: { mfa_code } });
    const right = await rightCode(booted, 'bob', { purpose: 'step-up' });
    const statuses: number[] = [];
    for (let guess = 0; guess < 60; guess++) {
      const wrong = String((Number(right) + 1 + guess) % 1_000_000).padStart(6, '0');
      statuses.push((await stepUp(wrong)).status);
    }
    expect(statuses).toEqual(statuses.map((_, guess) => (guess < 5 ? 400 : 401)));
    expect((await denied(booted, () => stepUp(right))).status).toBe(401);
    const mfa_code = await rightCode(booted, 'bob');
    expect((await booted.client.login('bob', { mfa_code })).body['token']).toBeTypeOf('string');
  });
});
