import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { requestPhone } from '../support/own-mfa.js';
import { phoneInUS } from '../support/newcomers.js';

const DAY = 86_400;

let booted: BootedApp;
let log: EventLog;
beforeEach(async () => {
  log = eventLog();
  booted = await bootApp({ mfa: { events: log.listener } });
});
afterEach(() => booted.close());

/** One user asks for a code on a phone. */
const ask = async (index: number) => requestPhone(booted, await booted.client.token('alice'), phoneInUS(index));

const reached = () => new Set(booted.outbox.messages.map(({ phoneNumber }) => phoneNumber));

describe('new numbers of one user', () => {
  it('[C-04] are three in a day, however many are asked for', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 30; index++) {
      statuses.push((await ask(index)).status);
      booted.clock.advance(DAY / 31);
    }
    expect(statuses).toEqual([200, 200, 200, ...Array.from({ length: 27 }, () => 429)]);
    expect(reached()).toEqual(new Set([0, 1, 2].map(phoneInUS)));
  });

  it('[C-04] are five in thirty days, however many are asked for', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 30; index++) {
      statuses.push((await ask(index)).status);
      booted.clock.advance(DAY);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, ...Array.from({ length: 25 }, () => 429)]);
    expect(reached()).toEqual(new Set([0, 1, 2, 3, 4].map(phoneInUS)));
    expect((await ask(30)).status).toBe(200);
  });

  it('[C-04] are refused until the thirty days are over, and that is what the answer and the event say', async () => {
    for (let index = 0; index < 5; index++) {
      await ask(index);
      booted.clock.advance(DAY);
    }
    const { status, body, headers } = await ask(5);
    expect([status, body['code'], headers.get('retry-after')]).toEqual([429, 'locked', String(25 * DAY)]);
    expect(log.events.at(-1)).toMatchObject({
      type: 'message_refused',
      userId: '1',
      limit: 'new_destinations',
      retryAfterSeconds: 25 * DAY,
    });
  });

  it('[C-04] are not those that were asked for before', async () => {
    for (const index of [0, 1, 2, 3, 4]) {
      expect((await ask(index)).status).toBe(200);
      booted.clock.advance(DAY);
    }
    for (const index of [4, 0, 3, 1, 2]) {
      expect((await ask(index)).status).toBe(200);
      booted.clock.advance(DAY);
    }
    expect((await ask(5)).status).toBe(429);
    expect(booted.outbox.count).toBe(10);
  });

  it('[C-04] of another user are counted for that one', async () => {
    for (const index of [0, 1, 2]) await ask(index);
    const token = await booted.client.token('dave');
    expect((await requestPhone(booted, token, phoneInUS(3))).status).toBe(200);
  });
});
