import { afterEach, describe, expect, it } from 'vitest';
import type { MessageLimit, MessageOptions } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow, phoneOf, wrongCode } from '../support/factor-rows.js';
import { phoneInUS, signUp } from '../support/newcomers.js';
import { openSession, requestPhone } from '../support/own-mfa.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const bob = '2';

let booted: BootedApp;
let log: EventLog;
afterEach(() => booted.close());

const boot = async (messages: Partial<MessageOptions> = {}) => {
  log = eventLog();
  booted = await bootApp({ mfa: { messages, events: log.listener } });
  await enrolledByRow(booted, 'bob');
};

describe('every refusal of a message', () => {
  const login = () => booted.client.login('bob');
  const REFUSALS: [MessageLimit, number, Partial<MessageOptions>, () => Promise<unknown>][] = [
    ['cooldown', 45, {}, async () => [await login(), await login()]],
    ['lock', 30, {}, lockedOut],
    ['user', HOUR - 61, { perHour: 1 }, twiceWithAPause],
    ['user', DAY - 61, { perDay: 1 }, twiceWithAPause],
    ['new_destinations', HOUR, { newDestinationsPerDay: 1 }, twoNumbers],
    ['new_destinations', 30 * DAY, { newDestinationsPerMonth: 1 }, twoNumbers],
    ['destination', HOUR, { perDestinationPerHour: 1 }, afterAMate],
    ['destination', DAY, { perDestinationPerDay: 1 }, afterAMate],
    ['network', HOUR, { loginsPerNetworkPerHour: 1 }, twiceWithASecondUser],
    ['country', DAY, { perCountryPerDay: 2 }, async () => [await signUp(booted, phoneInUS(0)), await twoNumbers()]],
  ];

  async function lockedOut(): Promise<void> {
    const mfa_code = await wrongCode(booted, 'bob');
    for (let tries = 0; tries < 5; tries++) await booted.client.login('bob', { mfa_code });
    await login();
  }

  async function twiceWithAPause(): Promise<void> {
    await login();
    booted.clock.advance(61);
    await login();
  }

  async function twoNumbers(): Promise<void> {
    await booted.database.query('DELETE FROM mfa_multi_factor_auth');
    const token = await openSession(booted, 'bob');
    await requestPhone(booted, token, phoneInUS(1));
    await requestPhone(booted, token, phoneInUS(2));
  }

  async function afterAMate(): Promise<void> {
    await enrolledByRow(booted, 'dave', undefined, phoneOf('bob'));
    await booted.client.login('dave');
    await login();
  }

  async function twiceWithASecondUser(): Promise<void> {
    await enrolledByRow(booted, 'dave');
    await booted.client.login('dave');
    await login();
  }

  it.each(REFUSALS)('[C-07] tells the application of its limit: %s, for %i s, with %o', async (...refusal) => {
    const [limit, retryAfterSeconds, options, refused] = refusal;
    await boot(options);
    await refused();
    const told = { type: 'message_refused', userId: bob, challengeType: 'sms', at: booted.clock.now() };
    expect(log.events.findLast(({ type }) => type === 'message_refused')).toEqual({
      ...told,
      limit,
      retryAfterSeconds,
    });
  });

  it.each<[string, Partial<MessageOptions>, () => Promise<unknown>]>([
    ['messages.loginsPerNetworkPerHour', { loginsPerNetworkPerHour: 1 }, twiceWithASecondUser],
    ['messages.enrolmentsPerNetworkPerHour', { enrolmentsPerNetworkPerHour: 1 }, twoNumbers],
    ['messages.perCountryPerDay', { perCountryPerDay: 2 }, twoNumbers],
  ])('[C-07] is a warning that names %s, where others share it, and no number', async (option, options, refused) => {
    await boot(options);
    await refused();
    const warnings = booted.log.filter((line) => line.includes('No message is sent'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`No message is sent to US: `);
    expect(warnings[0]).toContain(option);
    const secrets = [phoneOf('bob'), phoneInUS(1), phoneInUS(2), ...booted.outbox.messages.map(({ code }) => code)];
    expect(secrets.filter((secret) => booted.log.join('\n').includes(secret))).toEqual([]);
  });

  it('[C-09] is told apart from a failure, which is told as one', async () => {
    await boot();
    booted.outbox.before = () => Promise.reject(new Error('the gateway is down'));
    await login();
    const types = log.events.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('message') || type.startsWith('challenge'))).toEqual([
      'message_failed',
    ]);
  });
});
