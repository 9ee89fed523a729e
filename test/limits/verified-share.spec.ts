import { afterEach, describe, expect, it } from 'vitest';
import type { MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { expectRefusal } from '../support/denied.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { times } from '../support/guesses.js';
import { behindProxy, confirmed, phoneInGB, phoneInUS, pump, signUp, signUpAndVerify } from '../support/newcomers.js';
import { prompted } from '../support/prompted.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

let booted: BootedApp;
let log: EventLog;
afterEach(() => booted.close());

const boot = async (messages: Partial<MessageOptions> = {}) => {
  log = eventLog();
  booted = await bootApp({ mfa: { messages, events: log.listener }, setUp: behindProxy });
};

const stops = () => log.events.filter(({ type }) => type === 'sending_stopped');

describe('codes on new numbers of a country, of which too few are entered', () => {
  it('[C-08] stop at fifty, for an hour, and the application is told once', async () => {
    await boot();
    expect(await pump(booted, 60)).toEqual([...times(50, 200), ...times(10, 429)]);
    expect(booted.outbox.count).toBe(50);
    expect(stops()).toEqual([{ type: 'sending_stopped', userId: null, at: booted.clock.now(), country: 'US' }]);
    const refused = await signUp(booted, phoneInUS(0));
    expectRefusal(refused);
    expect([refused.status, refused.body['code'], refused.headers.get('retry-after')]).toEqual([429, 'locked', '3600']);
    booted.clock.advance(HOUR - 1);
    expect((await signUp(booted, phoneInUS(0))).headers.get('retry-after')).toBe('1');
    expect(stops()).toHaveLength(1);
  });

  it('[C-08] are refused with a limit of their own, and a warning that names the option and no number', async () => {
    await boot();
    await pump(booted, 52);
    const refusal = log.events.findLast(({ type }) => type === 'message_refused');
    expect(refusal).toMatchObject({ limit: 'unverified', retryAfterSeconds: HOUR });
    const warnings = booted.log.filter((line) => line.includes('messages.minimumVerifiedShare'));
    expect(warnings).toHaveLength(2);
    expect(booted.log.filter((line) => /1415555\d/.test(line))).toEqual([]);
  });

  it('[C-08] stop where a fifth was entered, and not where a quarter was', async () => {
    await boot({ perCountryPerDay: 400, enrolmentsPerNetworkPerHour: 100 });
    /** Of ninety that ask, each nth enters the code. Gives how many got one. */
    const reached = async (nth: number, phone: (index: number) => string) => {
      for (let index = 0; index < 90; index++) {
        const ask = index % nth === 0 ? signUpAndVerify : signUp;
        if ((await ask(booted, phone(index), nth)).status !== 200) return index;
      }
      return 90;
    };
    expect(await reached(4, phoneInUS)).toBe(90);
    expect(await reached(5, phoneInGB)).toBe(50);
    expect(stops()).toMatchObject([{ country: 'GB' }]);
  });

  it('[C-08] are not made good by one number that is confirmed over and over', async () => {
    await boot({ perDestinationPerHour: 20, perDestinationPerDay: 20 });
    for (let user = 0; user < 15; user++) {
      expect((await signUpAndVerify(booted, phoneInUS(0))).status).toBe(200);
    }
    expect(await pump(booted, 60)).toEqual([...times(49, 200), ...times(11, 429)]);
  });

  it('[C-08] stop at a hundredth of what a country may get, where that is more than fifty', async () => {
    await boot({ perCountryPerDay: 6000 });
    expect(await pump(booted, 62)).toEqual([...times(60, 200), 429, 429]);
  });

  it('[C-08] never stop where the application says so', async () => {
    await boot({ minimumVerifiedShare: 0 });
    expect(await pump(booted, 60)).toEqual(times(60, 200));
    expect(stops()).toEqual([]);
  });
});

describe('while new numbers of a country get no codes', () => {
  it('[C-08] another country, a number that gave a right code, and logins get theirs', async () => {
    await boot();
    await enrolledByRow(booted, 'bob');
    const askAgain = await confirmed(booted, phoneInUS(0));
    await pump(booted, 60);
    expect((await signUp(booted, phoneInUS(1))).status).toBe(429);
    expect((await signUp(booted, phoneInGB(0))).status).toBe(200);
    expect((await askAgain()).status).toBe(200);
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
  });

  it('[C-08] a number is trusted for ninety days after its right code', async () => {
    await boot();
    const askAgain = await confirmed(booted, phoneInUS(0));
    booted.clock.advance(90 * DAY - 60);
    await pump(booted, 60);
    expect((await askAgain()).status).toBe(200);
    booted.clock.advance(60);
    expect((await askAgain()).status).toBe(429);
  });

  it("[C-14] somebody's number is as any other number for a stranger: the answer does not say that it is known", async () => {
    await boot();
    const askAgain = await confirmed(booted, phoneInUS(0));
    await pump(booted, 60);
    const before = booted.outbox.count;
    const [theirs, nobodys] = [await signUp(booted, phoneInUS(0), 1), await signUp(booted, phoneInUS(1), 1)];
    expect([theirs.status, theirs.text]).toEqual([429, nobodys.text]);
    expect(theirs.headers.get('retry-after')).toBe(nobodys.headers.get('retry-after'));
    expect(booted.outbox.count).toBe(before);
    expect((await askAgain()).status).toBe(200);
  });

  it("[C-14] somebody's number brings about the stop as any other does", async () => {
    await boot();
    await confirmed(booted, phoneInUS(0));
    await pump(booted, 48);
    // The one confirmed, forty-eight, and this one.
    expect((await signUp(booted, phoneInUS(0), 1)).status).toBe(200);
    expect((await signUp(booted, phoneInUS(1), 1)).status).toBe(429);
  });

  it('[C-08] a number that was only asked for, or whose code was wrong, is not trusted', async () => {
    await boot();
    await signUp(booted, phoneInUS(0));
    await pump(booted, 60);
    expect((await signUp(booted, phoneInUS(0))).status).toBe(429);
  });
});
