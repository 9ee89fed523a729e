import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolledByRow, phoneOf } from '../support/factor-rows.js';
import { newcomer } from '../support/newcomers.js';
import { requestPhone } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('a stranger who knows a number', () => {
  it('[C-06] leaves its owner codes to sign in with', async () => {
    booted = await bootApp();
    await enrolledByRow(booted, 'bob');
    for (let hour = 0; hour < 2; hour++) {
      const token = await newcomer([booted]);
      for (let minute = 0; minute < 30; minute++) {
        await requestPhone(booted, token, phoneOf('bob'));
        booted.clock.advance(120);
      }
    }
    // Ten messages later, to accounts of the stranger, the owner's own are all left.
    expect((await booted.client.login('bob')).status).toBe(200);
  });

  it('[C-06] takes none of its messages with requests that the network is refused for', async () => {
    booted = await bootApp({ mfa: { messages: { enrolmentsPerNetworkPerHour: 1 } } });
    await enrolledByRow(booted, 'bob');
    await requestPhone(booted, await newcomer([booted]), '14155550199');
    const token = await newcomer([booted]);
    for (let tries = 0; tries < 10; tries++) {
      expect((await requestPhone(booted, token, phoneOf('bob'))).status).toBe(429);
    }
    expect((await booted.client.login('bob')).status).toBe(200);
    booted.clock.advance(3600);
    // Not one message went to the number: others may still ask for five.
    for (let asked = 0; asked < 5; asked++) {
      booted.clock.advance(3600);
      expect((await requestPhone(booted, await newcomer([booted]), phoneOf('bob'))).status).toBe(200);
    }
  });
});
