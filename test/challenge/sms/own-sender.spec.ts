import { Injectable } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { FailedChallengeError, type SmsMessage, SmsSender, TwilioSmsSender } from '../../../src/index.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';

/** A gateway that refuses everything and says why. */
@Injectable()
class FullGateway extends SmsSender {
  send({ text }: SmsMessage): Promise<void> {
    return Promise.reject(new FailedChallengeError(`No room for "${text}".`, { code: 'QUEUE_FULL' }));
  }
}

/** What Twilio's client throws, over the HTTP client that its options take. */
function twilioAnswering(status: number, code: number): TwilioSmsSender {
  const request = () => Promise.resolve({ statusCode: status, body: JSON.stringify({ status, code, message: 'no' }) });
  const options = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token', from: '+15005550006' };
  return new TwilioSmsSender({ ...options, httpClient: { request } }, 5);
}

const message: SmsMessage = {
  phoneNumber: '14085862744',
  text: 'Two Factor Authentication Code: 123456',
  code: '123456',
  userId: '1',
  signal: new AbortController().signal,
};

describe('a sender that fails', () => {
  let booted: BootedApp | undefined;
  afterEach(() => booted?.close());

  it("shows the gateway's code in the log, and neither the message nor the code that was sent", async () => {
    booted = await bootApp({ mfa: { sms: { sender: FullGateway } } });
    const token = await booted.client.token('alice');
    const { status, body } = await booted.client.put('/mfa/sms/request/', {
      token,
      json: { phone_number: '14085862744' },
    });
    expect([status, body['code']]).toEqual([400, 'sms_send_failed']);
    expect(booted.log.filter((line) => line.includes('FailedChallengeError (QUEUE_FULL)'))).toHaveLength(1);
    expect(booted.log.filter((line) => line.includes('No room for'))).toEqual([]);
  });

  it.each([21211, 21401, 21614])('takes code %i of Twilio for a number without SMS', async (code) => {
    await expect(twilioAnswering(400, code).send(message)).rejects.toMatchObject({
      name: 'InvalidPhoneNumberError',
      code,
    });
  });

  it('takes any other failure of Twilio for a message that was not sent, and quotes nothing of it', async () => {
    const failure = await twilioAnswering(429, 20429)
      .send(message)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TwilioMessageError', code: 20429 });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('123456');
  });
});
