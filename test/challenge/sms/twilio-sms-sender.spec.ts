import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import twilio from 'twilio';
import { afterEach, describe, expect, it } from 'vitest';
import type { SmsMessage } from '../../../src/challenge/sms/sms-sender.js';
import {
  NOT_SMS_DEVICE_CODES,
  type TwilioOptions,
  TwilioSmsSender,
} from '../../../src/challenge/sms/twilio-sms-sender.js';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const MESSAGE: SmsMessage = {
  phoneNumber: '14085862744',
  text: 'Two Factor Authentication Code: 918273',
  code: '918273',
  userId: '1',
  signal: new AbortController().signal,
};

/** Twilio's own client, which takes its requests to another place. */
class RedirectedClient extends twilio.RequestClient {
  constructor(
    private readonly origin: string,
    timeout: number,
  ) {
    super({ timeout });
  }

  override request<T>(options: Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]) {
    return super.request<T>({ ...options, uri: options.uri.replace('https://api.twilio.com', this.origin) });
  }
}

describe('the Twilio sender, against a server that speaks as Twilio does', () => {
  const requests: { url: string; authorization: string; body: URLSearchParams }[] = [];
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    requests.length = 0;
  });

  async function senderTo(
    answer: RequestListener,
    options: Partial<TwilioOptions> = { from: '+15005550006' },
    timeout = 60_000,
  ) {
    const fake = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        const { url = '', headers } = request;
        requests.push({ url, authorization: headers.authorization ?? '', body: new URLSearchParams(text) });
        answer(request, response);
      });
    });
    server = fake;
    await new Promise<void>((listening) => fake.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
    const httpClient = new RedirectedClient(origin, timeout);
    return new TwilioSmsSender({ accountSid: ACCOUNT, authToken: 'token', httpClient, ...options }, 1);
  }

  const answering =
    (status: number, body: object | string): RequestListener =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };

  // No error may carry what was sent, on itself or on anything that hangs on it.
  const failureOf = async (sender: TwilioSmsSender): Promise<unknown> => {
    const error = await sender.send(MESSAGE).catch((failure: unknown) => failure);
    const all = inspect(error, { depth: 20, showHidden: true });
    return {
      kind: (error as Error | undefined)?.constructor.name,
      leaks: /918273|14085862744|Two Factor|token/.exec(all),
    };
  };

  it('sends from a number', async () => {
    const sender = await senderTo(answering(201, { sid: 'SM1', status: 'queued' }));
    await sender.send(MESSAGE);
    expect(requests.map(({ url }) => url)).toEqual([`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`]);
    expect(Buffer.from(requests[0]!.authorization.slice(6), 'base64').toString()).toBe(`${ACCOUNT}:token`);
    expect(Object.fromEntries(requests[0]!.body)).toEqual({
      To: '+14085862744',
      From: '+15005550006',
      Body: 'Two Factor Authentication Code: 918273',
    });
  });

  it('sends from a messaging service', async () => {
    const sender = await senderTo(answering(201, { sid: 'SM1' }), { messagingServiceSid: 'MG1' });
    await sender.send(MESSAGE);
    await sender.send(MESSAGE);
    expect(requests.map(({ body }) => [body.get('MessagingServiceSid'), body.get('From')])).toEqual([
      ['MG1', null],
      ['MG1', null],
    ]);
  });

  it('[F-12] sends with an API key', async () => {
    const key = { authToken: undefined, apiKeySid: 'SK1', apiKeySecret: 'secret', from: '+15005550006' };
    await (await senderTo(answering(201, { sid: 'SM1' }), key)).send(MESSAGE);
    expect(requests.map(({ url }) => url)).toEqual([`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`]);
    expect(Buffer.from(requests[0]!.authorization.slice(6), 'base64').toString()).toBe('SK1:secret');
  });

  it.each([
    ['a number that takes no SMS', 400, 21614, 'number'],
    ['an owner who answered STOP', 400, 21610, 'sender'],
    ['a region that is not enabled', 400, 21408, 'sender'],
    ['a route that there is not', 400, 21612, 'sender'],
    ['too many requests', 429, 20429, 'gateway'],
    ['an outage', 503, 20503, 'gateway'],
  ])('[F-12] [F-21] says why it failed: %s', async (_, status, code, reason) => {
    const sender = await senderTo(answering(status, { code, message: MESSAGE.text, status }));
    await expect(sender.send(MESSAGE)).rejects.toMatchObject({ reason, code });
  });

  it('[F-09] says that a connection which broke off, or a silence, may have sent it, and a closed door not', async () => {
    const broken = await senderTo((request) => request.socket.destroy());
    await expect(broken.send(MESSAGE)).rejects.toMatchObject({ reason: 'unknown' });
    server!.close();
    const silent = await senderTo(() => undefined, undefined, 200);
    await expect(silent.send(MESSAGE)).rejects.toMatchObject({ reason: 'unknown' });
    server!.closeAllConnections();
    await new Promise((closed) => server!.close(closed));
    await expect(silent.send(MESSAGE)).rejects.toMatchObject({ reason: 'gateway' });
  });

  it.each(NOT_SMS_DEVICE_CODES)('takes code %i for a number that takes no SMS', async (code) => {
    const sender = await senderTo(answering(400, { code, message: `To ${MESSAGE.text}`, status: 400 }));
    expect(await failureOf(sender)).toEqual({ kind: 'InvalidPhoneNumberError', leaks: null });
  });

  it.each([
    ['another code', 400, { code: 21608, message: MESSAGE.text, status: 400 }],
    ['too many requests', 429, { code: 20429, message: 'Too Many Requests', status: 429 }],
    ['wrong credentials', 401, { code: 20003, message: 'Authenticate', status: 401 }],
    ['an error without a code', 500, { message: MESSAGE.text }],
    ['an error that is no JSON', 500, `<html>${MESSAGE.text}</html>`],
    ['an empty error', 503, ''],
    ['a code in words', 400, { code: '21211', message: 'x', status: 400 }],
  ])('takes %s for a message that was not sent', async (_, status, body) => {
    expect(await failureOf(await senderTo(answering(status, body)))).toEqual({
      kind: 'TwilioMessageError',
      leaks: null,
    });
  });

  it('takes a refused connection for a message that was not sent', async () => {
    const sender = await senderTo(answering(201, {}));
    await new Promise((closed) => server!.close(closed));
    expect(await failureOf(sender)).toEqual({ kind: 'TwilioMessageError', leaks: null });
  });

  it('takes a connection that breaks off for a message that was not sent', async () => {
    const sender = await senderTo((request) => request.socket.destroy());
    expect(await failureOf(sender)).toEqual({ kind: 'TwilioMessageError', leaks: null });
  });

  it('gives up on a server that does not answer', async () => {
    const sender = await senderTo(() => undefined, undefined, 200);
    expect(await failureOf(sender)).toEqual({ kind: 'TwilioMessageError', leaks: null });
  });
});
