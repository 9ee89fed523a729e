import { afterEach, describe, expect, it } from 'vitest';
import { FailedChallengeError } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';

const PHONE = '14155552671';
const OTHER = '14155552672';

let booted: BootedApp;
afterEach(() => booted.close());

/** Makes the gateway deliver the message, and answer too late. */
function answerLate(): void {
  booted.outbox.before = (message) => {
    booted.outbox.messages.push(message);
    return new Promise(() => undefined);
  };
}

const verified = { enabled: true, challenge_type: 'sms', phone_number: PHONE };

describe.each(PLATFORMS)('a code that arrives after the time-out on %s', (platform) => {
  const boot = async () => {
    booted = await bootApp({ platform, mfa: { messages: { timeoutSeconds: 1 } } });
    return openSession(booted, 'alice');
  };

  it('[F-13] is taken at an enrolment, as it is at a login', async () => {
    const token = await boot();
    await enrolledByRow(booted, 'bob');
    answerLate();
    const [request, login] = await Promise.all([requestPhone(booted, token, PHONE), booted.client.login('bob')]);
    expect([request.status, login.status]).toEqual([400, 503]);
    const codeOf = (id: string) => booted.outbox.messages.find(({ userId }) => userId === id)!.code;
    expect((await booted.client.get('/mfa/', { token })).body['phone_number']).toBe('');
    expect((await verifyPhone(booted, token, codeOf('1'))).body).toEqual(verified);
    expect((await booted.client.login('bob', { mfa_code: codeOf('2') })).status).toBe(200);
  });

  it('[F-13] is taken after the number was asked for again, and so is the second one', async () => {
    const token = await boot();
    answerLate();
    await requestPhone(booted, token, PHONE);
    const late = booted.outbox.lastCode();
    booted.outbox.before = () => Promise.resolve();
    expect((await requestPhone(booted, token, PHONE)).status).toBe(200);
    expect(booted.outbox.lastCode()).toBe(late);
    expect((await verifyPhone(booted, token, late)).body).toEqual(verified);
  });

  it('[F-13] is not taken once it has died, nor for another number, nor after a no', async () => {
    const token = await boot();
    answerLate();
    await requestPhone(booted, token, PHONE);
    booted.clock.advance(61);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(400);
    await requestPhone(booted, token, PHONE);
    const late = booted.outbox.lastCode();
    booted.outbox.before = () => Promise.resolve();
    expect((await requestPhone(booted, token, OTHER)).status).toBe(200);
    expect((await verifyPhone(booted, token, late)).status).toBe(400);
  });

  it('[F-13] leaves the earlier number in force, whose code did arrive', async () => {
    const token = await boot();
    await requestPhone(booted, token, PHONE);
    const code = booted.outbox.lastCode();
    answerLate();
    expect((await requestPhone(booted, token, OTHER)).status).toBe(400);
    expect((await verifyPhone(booted, token, code)).body).toEqual(verified);
  });

  it('[F-13] is none after the gateway has said no', async () => {
    const token = await boot();
    booted.outbox.before = (message) => {
      booted.outbox.messages.push(message);
      return Promise.reject(new FailedChallengeError('no'));
    };
    await requestPhone(booted, token, PHONE);
    expect((await verifyPhone(booted, token, booted.outbox.lastCode())).status).toBe(400);
  });
});
