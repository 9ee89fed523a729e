import { afterEach, describe, expect, it } from 'vitest';
import type { MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { againWithout, behindProxy, newcomer, phoneInUS, pump, signUp } from '../support/newcomers.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

const HOUR = 3600;
let booted: BootedApp;
let log: EventLog;
afterEach(() => booted.close());

const boot = async (messages: Partial<MessageOptions> = {}) => {
  log = eventLog();
  booted = await bootApp({ mfa: { messages, events: log.listener }, setUp: behindProxy });
};

describe('the stop of codes on new numbers', () => {
  it('[C-08] ends after the hour that Retry-After names', async () => {
    await boot();
    await pump(booted, 60);
    const refused = await signUp(booted, phoneInUS(0));
    expect(refused.headers.get('retry-after')).toBe(String(HOUR));
    booted.clock.advance(HOUR);
    expect((await signUp(booted, phoneInUS(1))).status).toBe(200);
    expect(log.events.filter(({ type }) => type === 'sending_stopped')).toHaveLength(1);
  });

  it('[C-08] uses up nothing of the country: what it refuses was never sent', async () => {
    await boot();
    await pump(booted, 60);
    // Each from a network with room.
    await pump(booted, 60, 2000);
    expect(booted.outbox.count).toBe(50);
    booted.clock.advance(2 * HOUR);
    // Fifty of the hundred for new numbers are left for the day.
    expect((await signUp(booted, phoneInUS(0), 50)).status).toBe(200);
  });

  it("[C-08] uses up nothing of a number: refused sign-ups must not take its owner's codes", async () => {
    await boot();
    await pump(booted, 60);
    for (let tries = 0; tries < 5; tries++) await signUp(booted, phoneInUS(7), tries);
    booted.clock.advance(2 * HOUR);
    const statuses: number[] = [];
    for (let tries = 0; tries < 5; tries++) statuses.push((await signUp(booted, phoneInUS(7), 50)).status);
    booted.clock.advance(HOUR);
    for (let tries = 0; tries < 5; tries++) statuses.push((await signUp(booted, phoneInUS(7), 50)).status);
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
  });

  it('[C-08] does not come of a gateway that fails', async () => {
    await boot();
    booted.outbox.before = () => Promise.reject(new Error('the gateway is down'));
    await pump(booted, 60);
    booted.outbox.before = () => Promise.resolve();
    expect((await signUp(booted, phoneInUS(0))).status).toBe(200);
    expect(log.events.filter(({ type }) => type === 'sending_stopped')).toEqual([]);
  });

  it('[C-08] trusts the number whose code was right, and no other that the gateway failed over meanwhile', async () => {
    await boot();
    const username = `newcomer-${booted.users.all.length}`;
    const token = await newcomer([booted]);
    await requestPhone(booted, token, phoneInUS(0));
    const code = booted.outbox.lastCode();
    // The gateway refuses the second number (a landline, say), so that the first one stays pending.
    expect((await requestPhone(booted, token, '14085550002')).status).toBe(400);
    expect((await verifyPhone(booted, token, code)).body['phone_number']).toBe(phoneInUS(0));
    await pump(booted, 60);
    expect((await againWithout(booted, username)(phoneInUS(0))).status).toBe(200);
    booted.clock.advance(60);
    expect((await againWithout(booted, username)('14085550002')).status).toBe(429);
  });
});
