import { afterEach, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot-app.js';
import { bootMailing, type MailingApp, requestEmail } from '../../support/emails.js';
import { addressesOf } from '../../support/mail-server.js';

const ADDRESS = 'bob@example.com';

/** Names that somebody could have signed up with. */
const NAMES = [
  'a\r\nBcc: x@y.example',
  'a\nBcc: x@y.example\n\nA body of my own',
  'a\rBcc: x@y.example',
  'a\u2028Bcc: x@y.example',
  'a\r\n.\r\nMAIL FROM:<x@y.example>\r\nRCPT TO:<x@y.example>\r\nDATA',
  '<img src=https://evil.example/x.png onerror=alert(1)>',
  '"><script>alert(1)</script>',
  '</p></body><a href="https://evil.example">click</a>',
  '=?utf-8?q?=0D=0ABcc:_x@y.example?=',
  '{code} {name} &lt;b&gt; &#60;b&#62;',
];

/** What is no address, or more than one, or an address with something in it. */
const TRICKS: unknown[] = [
  `${ADDRESS}\r\nBcc: x@y.example`,
  `${ADDRESS}\nx@y.example`,
  `${ADDRESS}\n`,
  `\n${ADDRESS}`,
  `${ADDRESS},x@y.example`,
  `${ADDRESS}, x@y.example`,
  `${ADDRESS};x@y.example`,
  `${ADDRESS} x@y.example`,
  `<${ADDRESS}>`,
  `Bob <${ADDRESS}>`,
  `Bob <${ADDRESS}>, X <x@y.example>`,
  `x@y.example <${ADDRESS}>`,
  `"x@y.example"@example.com`,
  `"x@y.example, "@example.com`,
  '"a\\r\\nBcc: x"@example.com',
  `"<x@y.example>"@example.com`,
  `${ADDRESS}(comment)`,
  `bob(comment)@example.com`,
  `group:${ADDRESS},x@y.example;`,
  '@y.example:bob@example.com',
  'bob@x@y.example',
  'bob@[127.0.0.1]',
  'bob@127.0.0.1',
  'bob@localhost',
  'bob@example.com.',
  'bob@-example.com',
  'bob@exam\u00adple.com\u0000',
  'b\u0000b@example.com',
  'böb@example.com',
  'bob@\uff0e\uff0e',
  `${'b'.repeat(65)}@example.com`,
  `bob@${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.example`,
  '',
  ' ',
  null,
  undefined,
  42,
  [ADDRESS],
  [ADDRESS, 'x@y.example'],
  { address: ADDRESS },
  { toString: 'x' },
];

let booted: MailingApp;
afterEach(() => booted.close());

describe.each(PLATFORMS)('a mail on %s', (platform) => {
  const bootNaming = async (): Promise<string> => {
    const words = {
      mfa_code_email_subject: ({ name }: { name: string }) => `A code for ${name}`,
      mfa_code_email: ({ name }: { name: string }) => `Hello ${name},\n\nCode: {code}`,
    };
    booted = await bootMailing({ platform, mfa: { words } });
    return booted.client.token('bob');
  };

  it('[C-11] to a user with an odd name reaches one recipient, without another header, and with the name escaped', async () => {
    await bootNaming();
    for (const name of NAMES) {
      const token = await booted.client.token('bob');
      booted.users.named('bob').name = name;
      const count = booted.mail.mails.length;
      expect((await requestEmail(booted, token, ADDRESS)).status).toBe(200);
      expect(booted.mail.mails.length).toBe(count + 1);
      const { recipients, parsed, raw } = booted.mail.last();
      expect([recipients, addressesOf(parsed.to), parsed.cc, parsed.bcc]).toEqual([
        [ADDRESS],
        [ADDRESS],
        undefined,
        undefined,
      ]);
      expect([...parsed.headers.keys()].toSorted()).toEqual([
        'auto-submitted',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ]);
      expect(
        raw
          .split('\r\n\r\n', 1)[0]!
          .split('\r\n')
          .filter((line) => /^bcc/i.test(line)),
      ).toEqual([]);
      expect(parsed.subject?.startsWith('A code for ')).toBe(true);
      const html = String(parsed.html);
      expect(
        html.replace(/<\/?(html|head|body|p|strong)>|<!doctype html>|<meta charset="utf-8">|<br>/g, ''),
      ).not.toMatch(/[<>]/);
      booted.clock.advance(3600);
    }
  });

  it('[C-11] says a name with markup as it is in its text, and as text in its HTML', async () => {
    const token = await bootNaming();
    booted.users.named('bob').name = '<img src=x> & "Bob"';
    await requestEmail(booted, token, ADDRESS);
    const { text, html } = booted.mail.last().parsed;
    expect(text).toContain('Hello <img src=x> & "Bob",');
    expect(html).toContain('<p>Hello &lt;img src=x&gt; &amp; &quot;Bob&quot;,</p>');
    expect(html).toContain(`<strong>${booted.mail.lastCode()}</strong>`);
  });

  it.each(TRICKS)('[C-11] goes to nobody for the address %j', async (email) => {
    booted = await bootMailing({ platform });
    const token = await booted.client.token('bob');
    const { status, body, text } = await requestEmail(booted, token, email);
    expect([status, String(body['message'])]).toEqual([400, 'Please enter a valid e-mail address.']);
    expect(text).not.toContain('y.example');
    expect(booted.mail.mails).toEqual([]);
    expect((await booted.client.get('/mfa/factors/', { token })).body).toEqual([]);
  });
});
