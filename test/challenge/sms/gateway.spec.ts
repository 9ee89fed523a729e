import { afterEach, describe, expect, it } from 'vitest';
import { InvalidPhoneNumberError, type MfaModuleOptions } from '../../../src/index.js';
import { abortsWithin } from '../../support/aborts-within.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolled, PHONES } from '../../support/enrolled.js';
import { rowOf } from '../../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { requestPhone, verifyPhone } from '../../support/own-mfa.js';
import { prompted } from '../../support/prompted.js';

const GOOD = '14085550111';
/** What the gateway is made to do with them: see Outbox. */
const BROKEN = ['14085550002', '14085550003', '14085550005'];

let booted: BootedApp | undefined;
afterEach(async () => {
  await booted?.close();
  booted = undefined;
});

/** Makes the gateway fail over every message from now on, with the message in the error; it keeps the codes. */
function breakGateway({ outbox }: BootedApp): string[] {
  const codes: string[] = [];
  outbox.before = ({ code, text }) => {
    codes.push(code);
    return Promise.reject(new Error(`the gateway is down over ${text}`));
  };
  return codes;
}

describe('a gateway that fails', () => {
  it.each(BROKEN)('[C-09] refuses the request of %s and keeps the number that was requested before', async (phone) => {
    booted = await bootApp();
    const app = booted;
    const token = await app.client.token('alice');
    await requestPhone(app, token, GOOD);
    const before = await rowOf(app, 'alice');
    const refused = await denied(app, () => requestPhone(app, token, phone));
    expect([refused.status, refused.body['message']]).toEqual([400, 'SMS failed to send.']);
    const { version: _, updatedAt: __, sentMessages, ...after } = await rowOf(app, 'alice');
    expect(before).toMatchObject(after);
    // But the count of what was tried: a gateway that answers too late may have sent it.
    expect(sentMessages.map(({ failed }) => failed ?? false)).toEqual([false, true]);
    expect((await verifyPhone(app, token, app.outbox.lastCode())).body['phone_number']).toBe(GOOD);
  });

  it('[C-09] says so when the number cannot take messages', async () => {
    booted = await bootApp();
    const token = await booted.client.token('alice');
    const { status, body } = await requestPhone(booted, token, '14085550001');
    expect([status, body['message']]).toEqual([400, 'Please enter a valid phone number.']);
  });

  it.each(LOGIN_NAMES)('[C-09] [T26] ends a login at %s with 503 and no token', async (name) => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const login = await loginRoute(booted, name);
    const codes = breakGateway(booted);
    const { status, body, text } = await login.send('bob');
    expect(status).toBe(503);
    expect(Object.keys(body).filter((key) => key.includes('token') || key.includes('mfa'))).toEqual([]);
    expect(text).toContain('SMS failed to send.');
    expect(codes).toHaveLength(1);
    expect(booted.log.concat(text).filter((line) => line.includes(codes[0]!))).toEqual([]);
  });

  it('[C-09] says 503 at login too when it finds out that the number cannot take messages', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    booted.outbox.before = () => Promise.reject(new InvalidPhoneNumberError());
    const { status, body } = await booted.client.login('bob');
    // Whoever signs in has entered no number: `invalid_phone_number` is for enrolment.
    expect([status, body['code'], body['token']]).toEqual([503, 'sms_send_failed', undefined]);
  });

  it('[C-09] makes nobody wait for a message that was not sent', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    breakGateway(booted);
    expect((await booted.client.login('bob')).status).toBe(503);
    booted.outbox.before = () => Promise.resolve();
    const before = booted.outbox.count;
    expect((await booted.client.login('bob')).body).toEqual(prompted('sms'));
    expect(booted.outbox.count).toBe(before + 1);
  });

  it('[C-09] [C-12] is asked five times an hour at the most, and each login still says that nothing came', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const codes = breakGateway(booted);
    for (let tries = 0; tries < 20; tries++) expect((await booted.client.login('bob')).status).toBe(503);
    expect(codes).toHaveLength(5);
    expect((await booted.client.login('bob')).headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('[C-04] [C-09] tries no more than three new numbers a day, also where each one fails', async () => {
    booted = await bootApp();
    const token = await booted.client.token('alice');
    const codes = breakGateway(booted);
    for (let last = 10; last < 20; last++) await requestPhone(booted, token, `140855512${last}`);
    expect(codes).toHaveLength(3);
  });

  it('[C-09] fails late without taking back what happened meanwhile', async () => {
    booted = await bootApp();
    const app = booted;
    const token = await app.client.token('alice');
    // While the first message is on its way, another number is requested and confirmed.
    app.outbox.before = async ({ phoneNumber }) => {
      if (phoneNumber !== '14085550002') return;
      await requestPhone(app, token, GOOD);
      await verifyPhone(app, token, app.outbox.lastCode());
    };
    expect((await requestPhone(app, token, '14085550002')).status).toBe(400);
    expect((await app.client.get('/mfa/', { token })).body).toEqual({
      enabled: true,
      challenge_type: 'sms',
      phone_number: GOOD,
    });
  });

  it('[C-09] fails late without giving back the messages that went out meanwhile', async () => {
    booted = await bootApp();
    const app = booted;
    const token = await app.client.token('alice');
    app.outbox.before = async ({ phoneNumber }) => {
      if (phoneNumber === '14085550002') await requestPhone(app, token, GOOD);
    };
    await requestPhone(app, token, '14085550002');
    await requestPhone(app, token, GOOD);
    expect(app.outbox.count).toBe(1);
  });
});

describe('a gateway that hangs for ever', () => {
  const hanging = async () => {
    booted = await bootApp({ mfa: { messages: { timeoutSeconds: 1 } } });
    return booted;
  };

  it('[C-12] [T26] counts as failed at login after its time', async () => {
    const app = await hanging();
    await enrolled(app, 'bob');
    const inTime: Promise<boolean>[] = [];
    app.outbox.before = ({ signal }) => {
      inTime.push(abortsWithin(1500, signal));
      return new Promise(() => undefined);
    };
    const { status, body } = await app.client.login('bob');
    expect([status, body['code']]).toEqual([503, 'sms_send_failed']);
    expect(body['token']).toBeUndefined();
    expect(await Promise.all(inTime)).toEqual([true]);
  });

  it('[C-12] counts as failed at enrolment, and other users are served meanwhile', async () => {
    const app = await hanging();
    const [alice, dave] = [await app.client.token('alice'), await app.client.token('dave')];
    app.outbox.before = ({ phoneNumber }) => (phoneNumber === GOOD ? new Promise(() => undefined) : Promise.resolve());
    const waiting = requestPhone(app, alice, GOOD);
    expect((await requestPhone(app, dave, PHONES['dave'])).status).toBe(200);
    const refused = await denied(app, () => waiting);
    expect([refused.status, refused.body['message']]).toEqual([400, 'SMS failed to send.']);
    expect((await app.client.get('/mfa/', { token: alice })).body['phone_number']).toBe('');
  });

  it('[C-12] does not hold up a code that came earlier', async () => {
    const app = await hanging();
    await enrolled(app, 'bob');
    await app.client.login('bob');
    const code = app.outbox.lastCode();
    app.outbox.before = () => new Promise(() => undefined);
    const token = await app.client.token('bob', { mfa_code: code });
    expect((await app.client.get('/app/vault', { token })).status).toBe(200);
    app.clock.advance(60);
    expect((await app.client.login('bob')).status).toBe(503);
  });
});

describe('an application in production', () => {
  const environment = process.env['NODE_ENV'];
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });

  const start = async (sms: MfaModuleOptions['sms']) => {
    process.env['NODE_ENV'] = 'production';
    booted = await bootApp({ mfa: { sms } });
  };

  it('[C-10] [X-06] does not start without a sender, and names the setting', async () => {
    await expect(start(undefined)).rejects.toThrow('`sms` has no sender');
    await expect(start({})).rejects.toThrow('`sms` has no sender');
    await expect(start({ twilio: { accountSid: '', authToken: '', from: '' } })).rejects.toThrow('`sms` has no sender');
  });

  it.each([
    ['sms.twilio.authToken', { accountSid: 'AC1', from: '14085550100' }],
    ['sms.twilio.accountSid', { authToken: 'secret-of-twilio', from: '14085550100' }],
    ['sms.twilio.from', { accountSid: 'AC1', authToken: 'secret-of-twilio' }],
    ['sms.twilio.authToken', { accountSid: 'AC1', authToken: '', from: '14085550100' }],
  ])('[C-10] [X-06] does not start without %s when the rest is there', async (name, twilio) => {
    const refusal = await start({ twilio }).catch((error: unknown) => error);
    expect(String(refusal)).toContain(name);
    expect(String(refusal)).not.toContain('secret-of-twilio');
  });

  it('[C-10] starts with a sender', async () => {
    await start({ sender: () => Promise.resolve() });
    expect((await booted!.client.get('/mfa/')).status).toBe(401);
  });
});

describe('half of a gateway', () => {
  it('[C-10] is refused in development too', async () => {
    const half = bootApp({ mfa: { sms: { twilio: { accountSid: 'AC1' } } } });
    await expect(half).rejects.toThrow('sms.twilio.authToken');
  });
});
