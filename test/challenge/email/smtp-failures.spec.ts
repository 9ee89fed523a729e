import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SmtpMailSender } from '../../../src/index.js';
import { smtpOptionsOf } from '../../../src/challenge/email/smtp-options.js';
import { PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { bootMailing, enrolledEmail, type MailingApp, requestEmail } from '../../support/emails.js';
import { type EventLog, eventLog } from '../../support/event-log.js';
import { MailServer } from '../../support/mail-server.js';

const ADDRESS = 'bob@example.com';

let booted: MailingApp;
let log: EventLog;

const failures = () =>
  log.events.flatMap((event) =>
    event.type === 'message_failed' ? [[event.reason, event.permanent, event.gatewayCode]] : [],
  );

describe.each(PLATFORMS)('a mail that its server refuses on %s', (platform) => {
  afterEach(() => booted.close());

  const boot = async () => {
    log = eventLog();
    booted = await bootMailing({ platform, mfa: { events: log.listener } });
    return booted.client.token('bob');
  };

  it.each([
    ['550 5.1.1 No such user', ['address', true, 550]],
    ['550 No such user', ['address', true, 550]],
    ['551 User not local', ['address', true, 551]],
    ['553 5.1.3 Bad address syntax', ['address', true, 553]],
    ['554 Rejected', ['sender', true, 554]],
    ['550 5.7.1 Refused by policy', ['sender', true, 550]],
    ['552 5.2.2 Mailbox full', ['gateway', false, 552]],
    ['550 5.2.2 Mailbox full', ['gateway', false, 550]],
    ['530 5.7.0 Authentication required', ['gateway', false, 530]],
    ['450 4.2.1 Try again in five minutes', ['gateway', false, 450]],
    ['451 4.7.1 Greylisted', ['gateway', false, 451]],
  ])('[C-09] [F-12] says why, where the recipient is refused: %s', async (recipient, told) => {
    const token = await boot();
    booted.mail.refusals = { recipient };
    const { status, body } = await denied(booted, () => requestEmail(booted, token, ADDRESS));
    expect([status, body['code']]).toEqual([400, told[1] === true ? 'invalid_email' : 'email_send_failed']);
    expect(failures()).toEqual([told]);
    booted.mail.refusals = {};
    // Nothing went out, so the user may ask again at once.
    expect((await requestEmail(booted, token, ADDRESS)).status).toBe(200);
    booted.clock.advance(600);
  });

  it.each(['554 5.7.1 Looks like spam', '552 Too large', '451 Local error'])(
    '[C-09] [F-12] is not the fault of the address, where the message is refused: %s',
    async (message) => {
      const token = await boot();
      booted.mail.refusals = { message };
      const { status, body } = await denied(booted, () => requestEmail(booted, token, ADDRESS));
      expect([status, body['code']]).toEqual([400, 'email_send_failed']);
      expect(failures()).toEqual([['gateway', false, Number(message.slice(0, 3))]]);
    },
  );

  it('[C-09] ends a login with 503 and no token, also for an address that is gone, and tells nobody the address', async () => {
    const token = await boot();
    await enrolledEmail(booted, token, ADDRESS);
    for (const refusals of [{ recipient: `550 5.1.1 <${ADDRESS}> is gone` }, { message: `451 ${ADDRESS} is busy` }]) {
      booted.mail.refusals = refusals;
      const { status, body, text } = await booted.client.login('bob');
      expect([status, body['code'], body['mfa_token']]).toEqual([503, 'email_send_failed', undefined]);
      expect(booted.log.concat(text).filter((line) => line.includes(ADDRESS))).toEqual([]);
      booted.clock.advance(60);
    }
    booted.mail.refusals = {};
    expect((await booted.client.login('bob')).status).toBe(200);
  });
});

describe('a mail whose server does not answer', () => {
  let silent: Server | undefined;
  afterEach(async () => {
    await booted.close();
    silent?.close();
    silent = undefined;
  });

  const ask = async (smtp: string | { host: string; port: number; requireTls: boolean }) => {
    log = eventLog();
    const mfa = { events: log.listener, messages: { timeoutSeconds: 1 }, email: { smtp } };
    booted = await bootMailing({ mfa });
    return requestEmail(booted, await booted.client.token('bob'), ADDRESS);
  };

  it('[C-12] counts as failed after the time for messages, and nobody knows whether it went out', async () => {
    const server = createServer();
    silent = server;
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { status, body } = await ask(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect([status, body['code'], failures()]).toEqual([400, 'email_send_failed', [['unknown', false, undefined]]]);
  });

  it('[C-09] did not go out where nothing listens', async () => {
    const gone = await MailServer.start();
    const { url } = gone;
    await gone.close();
    const { status, body } = await ask(url);
    expect([status, body['code'], failures()]).toEqual([400, 'email_send_failed', [['gateway', false, 'ESOCKET']]]);
  });

  it('does not go out in clear where the server offers no TLS', async () => {
    const plain = await MailServer.start();
    const { status } = await ask({ host: '127.0.0.1', port: plain.port, requireTls: true });
    expect([status, plain.mails.length, failures().length]).toEqual([400, 0, 1]);
    await plain.close();
  });
});

describe('an SMTP server that wants a password', () => {
  const mail = {
    to: ADDRESS,
    subject: 'A code',
    text: '918273',
    html: '<p>918273</p>',
    code: '918273',
    userId: '1',
    signal: new AbortController().signal,
  };

  it('gets it, and a wrong one is its refusal', async () => {
    const server = await MailServer.start({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        password === 'p@ss/wörd' ? done(null, { user: username }) : done(new Error('Invalid login')),
    });
    const send = (password: string) => {
      const options = smtpOptionsOf(`smtp://mfa%40bank:${encodeURIComponent(password)}@127.0.0.1:${server.port}`);
      return new SmtpMailSender(options, 'no-reply@bank.example', 5).send(mail);
    };
    await send('p@ss/wörd');
    expect(server.last().recipients).toEqual([ADDRESS]);
    await expect(send('other')).rejects.toMatchObject({ reason: 'gateway', code: 535 });
    await server.close();
  });
});
