import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { enrolled } from '../../support/enrolled.js';
import { Outbox } from '../../support/outbox.js';
import { byOptions } from '../../support/refused-start.js';

let booted: BootedApp | undefined;
afterEach(() => booted?.close());

describe.each(PLATFORMS)('the text of a message over %s', (platform) => {
  it('ends with the site and the code, so that a browser fills it in there and nowhere else', async () => {
    const outbox = new Outbox();
    booted = await bootApp({ platform, outbox, mfa: { sms: { sender: outbox.send, domain: 'login.example.com' } } });
    await enrolled(booted, 'bob');
    await booted.client.login('bob');
    const { text, code } = booted.outbox.messages.at(-1)!;
    // https://wicg.github.io/sms-one-time-codes/#format: the last line, and one blank between its parts.
    expect(text.split('\n').at(-1)).toBe(`@login.example.com #${code}`);
    expect(text).toBe(`Two Factor Authentication Code: ${code}\n\n@login.example.com #${code}`);
  });

  it("is in the user's language", async () => {
    const texts: Record<string, string> = { de: 'Ihr Code: {code}' };
    const say = ({ language = 'en' }) => texts[language] ?? 'Your code: {code}';
    booted = await bootApp({ platform, mfa: { words: { mfa_code_text_message: say } } });
    Object.assign(booted.users.named('bob'), { language: 'de' });
    await enrolled(booted, 'bob');
    await enrolled(booted, 'alice');
    for (const [username, begin] of [
      ['bob', 'Ihr Code: '],
      ['alice', 'Your code: '],
    ] as const) {
      await booted.client.login(username);
      const { text, code } = booted.outbox.messages.at(-1)!;
      expect(text).toBe(begin + code);
    }
  });
});

describe('sms.domain', () => {
  it.each([
    'https://example.com',
    'example.com/',
    'example.com:443',
    'localhost',
    'Example.com',
    '',
    'exa mple.com',
    '-a.com',
  ])('refuses to start with %j', async (domain) => {
    expect(await byOptions({ sms: { domain } })).toContain(
      "`sms.domain` must be the host name of your site, e.g. sms: { domain: 'example.com' }.",
    );
  });
});
