import { afterEach, describe, expect, it } from 'vitest';
import {
  BlockedPhoneNumberError,
  FailedChallengeError,
  InvalidPhoneNumberError,
  type MfaModuleOptions,
} from '../../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { type EventLog, eventLog } from '../../support/event-log.js';
import { enrolledByRow } from '../../support/factor-rows.js';
import { openSession, requestPhone } from '../../support/own-mfa.js';
import { bootQueued } from '../../support/test-queue.js';

const PHONE = '14155552671';
const STOP = () => Promise.reject(new BlockedPhoneNumberError('STOP', { code: 21610 }));
const NO_SMS = () => Promise.reject(new InvalidPhoneNumberError('a landline', { code: 21614 }));
const BUSY = () => Promise.reject(new FailedChallengeError('busy', { code: 'too_many' }));
const SILENT = () => Promise.reject(new FailedChallengeError('no answer', { reason: 'unknown' }));
const BROKEN = () => Promise.reject(new TypeError('fetch failed'));

let booted: BootedApp;
let log: EventLog;
afterEach(() => booted.close());

const failures = () =>
  log.events.flatMap((event) =>
    event.type === 'message_failed' ? [[event.reason, event.permanent, event.gatewayCode]] : [],
  );

describe.each(PLATFORMS)('a message that fails on %s', (platform) => {
  const boot = async (sms: MfaModuleOptions['sms']) => {
    log = eventLog();
    booted = await bootApp({ platform, mfa: { sms, events: log.listener } });
    await enrolledByRow(booted, 'bob');
  };

  it.each([
    ['a number without SMS', NO_SMS, ['number', true, 21614]],
    ['an owner who answered STOP', STOP, ['sender', true, 21610]],
    ['a gateway that says no', BUSY, ['gateway', false, 'too_many']],
    ['a gateway that is silent', SILENT, ['unknown', false, undefined]],
    ['a sender that breaks', BROKEN, ['unknown', false, undefined]],
  ])('[F-12] tells the application why: %s', async (_, sender, told) => {
    await boot({ sender });
    const { status, body } = await booted.client.login('bob');
    expect([status, body['code'], failures()]).toEqual([503, 'sms_send_failed', [told]]);
  });

  it.each([
    ['STOP to the first one', STOP, true],
    ['an outage of the first one', BUSY, true],
    ['a number without SMS', NO_SMS, false],
  ])('[F-21] goes to the second sender after %s: %s', async (_, sender, isAsked) => {
    const asked: string[] = [];
    await boot({ sender, fallback: ({ phoneNumber }) => Promise.resolve(void asked.push(phoneNumber)) });
    expect((await booted.client.login('bob')).status).toBe(isAsked ? 200 : 503);
    expect([asked.length, failures().length]).toEqual(isAsked ? [1, 0] : [0, 1]);
  });

  it.each([
    ['silence and a no', BROKEN, BUSY, 'unknown'],
    ['an outage and STOP', BUSY, STOP, 'gateway'],
    ['STOP twice', STOP, STOP, 'sender'],
    ['STOP and a number without SMS', STOP, NO_SMS, 'number'],
  ])('[F-21] of both senders is told as the more that may have happened: %s', async (_, sender, fallback, reason) => {
    await boot({ sender, fallback });
    expect((await booted.client.login('bob')).status).toBe(503);
    expect(failures()).toEqual([expect.arrayContaining([reason])]);
  });

  it('[F-21] says at an enrolment that this number does not do, whoever says so', async () => {
    await boot({ sender: STOP });
    const { status, body } = await requestPhone(booted, await openSession(booted, 'alice'), PHONE);
    expect([status, body['code']]).toEqual([400, 'invalid_phone_number']);
  });

  it('[F-12] puts no code of the user into the event', async () => {
    log = eventLog();
    let text = '';
    const sender = (message: { text: string }) => {
      text = message.text;
      return Promise.reject(new FailedChallengeError('no', { code: message.text }));
    };
    booted = await bootApp({ platform, mfa: { sms: { sender }, events: log.listener } });
    await enrolledByRow(booted, 'bob');
    await booted.client.login('bob');
    expect(failures()).toEqual([['gateway', false, undefined]]);
    expect(JSON.stringify(log.events)).not.toContain(text);
  });
});

describe('a worker', () => {
  it('[F-21] is told of a number that only this sender cannot reach', async () => {
    const queued = await bootQueued();
    booted = queued;
    await requestPhone(queued, await openSession(queued, 'alice'), PHONE);
    queued.outbox.before = STOP;
    expect(await queued.deliver()).toBe('blocked');
    queued.outbox.before = NO_SMS;
    expect(await queued.deliver()).toBe('invalid');
  });
});

describe("Twilio's API keys", () => {
  it.each([
    [{ accountSid: 'SK1', authToken: 'x', from: '+1' }, 'accountSid` must begin with AC'],
    [{ accountSid: 'AC1', apiKeySid: 'SK1', from: '+1' }, 'apiKeySid` must begin with SK and have its `apiKeySecret`'],
    [{ accountSid: 'AC1', apiKeySid: 'AC1', apiKeySecret: 'x', from: '+1' }, 'apiKeySid` must begin with SK'],
    [{ accountSid: 'AC1', apiKeySecret: 'x', from: '+1' }, 'apiKeySid` must begin with SK'],
  ])('[F-12] refuse the start as %j, with what to write', async (twilio, sentence) => {
    booted = await bootApp();
    await expect(bootApp({ mfa: { sms: { twilio } } })).rejects.toThrow(sentence);
  });

  it('[F-12] start the application', async () => {
    booted = await bootApp({
      mfa: { sms: { twilio: { accountSid: 'AC1', apiKeySid: 'SK1', apiKeySecret: 'x', from: '+1' } } },
    });
    expect((await booted.client.login('alice')).status).toBe(200);
  });
});
