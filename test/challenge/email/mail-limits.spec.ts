import { afterEach, describe, expect, it } from 'vitest';
import type { MessageOptions } from '../../../src/index.js';
import { PLATFORMS } from '../../support/boot-app.js';
import { bootMailing, enrolledEmail, type MailingApp, requestEmail } from '../../support/emails.js';
import { type EventLog, eventLog } from '../../support/event-log.js';
import { requestPhone } from '../../support/own-mfa.js';

let booted: MailingApp;
let log: EventLog;
afterEach(() => booted.close());

describe.each(PLATFORMS)('mails on %s', (platform) => {
  const boot = async (messages: Partial<MessageOptions> = {}) => {
    log = eventLog();
    booted = await bootMailing({ platform, mfa: { messages, events: log.listener } });
  };

  const newcomer = async (name: string) => {
    booted.users.add(name);
    return booted.client.token(name);
  };
  const refusals = () => log.events.flatMap((event) => (event.type === 'message_refused' ? [event.limit] : []));

  it('[C-01] are one, however often a user asks within the cooldown', async () => {
    await boot();
    const token = await booted.client.token('bob');
    for (let time = 0; time < 20; time++) {
      expect((await requestEmail(booted, token, 'bob@example.com')).status).toBe(200);
    }
    expect(booted.mail.mails.length).toBe(1);
  });

  it('[C-03] to one mailbox count as one, in any spelling of its address and from any user', async () => {
    await boot();
    const spellings = [
      'victim@gmail.com',
      'Victim@GMAIL.com',
      'v.i.c.t.i.m@gmail.com',
      'victim+1@gmail.com',
      'vic.tim+2@googlemail.com',
    ];
    for (const [index, address] of spellings.entries()) {
      expect((await requestEmail(booted, await newcomer(`user${index}`), address)).status).toBe(200);
    }
    const { status, body } = await requestEmail(booted, await newcomer('one-more'), 'victim+3@gmail.com');
    expect([status, body['code'], refusals(), booted.mail.mails.length]).toEqual([429, 'locked', ['destination'], 5]);
  });

  it('[C-04] go to three addresses of a user in a day', async () => {
    await boot();
    const token = await booted.client.token('bob');
    const statuses: number[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      statuses.push((await requestEmail(booted, token, `${name}@example.com`)).status);
    }
    expect([statuses, refusals()]).toEqual([[200, 200, 200, 429], ['new_destinations']]);
  });

  it('[C-06] are limited for a user at logins, with 503 and the time to wait', async () => {
    await boot();
    await enrolledEmail(booted, await booted.client.token('bob'), 'bob@example.com');
    booted.clock.advance(3600);
    const statuses = new Set<number>();
    const waits: number[] = [];
    const before = booted.mail.mails.length;
    for (let time = 0; time < 20; time++) {
      const { status, headers } = await booted.client.login('bob');
      statuses.add(status);
      if (status === 503) waits.push(Number(headers.get('retry-after')));
      booted.clock.advance(120);
    }
    expect([...statuses]).toEqual([200, 503]);
    expect(waits.filter((seconds) => !(seconds > 0))).toEqual([]);
    expect(booted.mail.mails.length - before).toBeLessThanOrEqual(10);
  });

  it('[C-13] have no country, and a total of their own: mails and text messages leave each other room', async () => {
    await boot({ perCountryPerDay: 2, totalPerDay: 8, minimumVerifiedShare: 0 });
    for (const index of [0, 1, 2, 3]) {
      const token = await newcomer(`user${index}`);
      expect((await requestEmail(booted, token, `user${index}@example.com`)).status).toBe(200);
    }
    expect((await requestEmail(booted, await newcomer('user4'), 'user4@example.com')).status).toBe(429);
    expect(refusals()).toEqual(['total']);
    expect(log.events.filter(({ type }) => type === 'messages_running_out')).toMatchObject([
      { limit: 'total', challengeType: 'email', left: 0 },
    ]);
    expect(booted.log.some((line) => line.includes('of messages.totalPerDay by email.'))).toBe(true);
    expect(booted.log.some((line) => line.includes('No message is sent by email: messages.totalPerDay'))).toBe(true);
    expect((await requestPhone(booted, await newcomer('user5'), '14155552671')).status).toBe(200);
  });

  it('[C-09] are refused without asking a server that has failed ten times in a row, until one goes out', async () => {
    await boot();
    for (let index = 0; index < 12; index++) {
      const token = await newcomer(`user${index}`);
      await enrolledEmail(booted, token, `user${index}@example.com`);
    }
    const asked: string[] = [];
    booted.mail.before = () => Promise.resolve(void asked.push('asked'));
    booted.mail.refusals = { message: '451 Down' };
    for (let index = 0; index < 12; index++) await booted.client.login(`user${index}`);
    // Ten, and one to find out whether it is over.
    expect([asked.length, refusals().filter((limit) => limit === 'gateway')]).toEqual([11, ['gateway']]);
    booted.mail.refusals = {};
    booted.clock.advance(61);
    expect((await booted.client.login('user0')).status).toBe(200);
  });
});
