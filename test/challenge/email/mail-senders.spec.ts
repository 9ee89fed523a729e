import { Injectable } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BlockedEmailAddressError,
  EmailChallenge,
  InvalidEmailAddressError,
  MailSender,
  type MailMessage,
  type MfaModuleOptions,
} from '../../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { requestEmail } from '../../support/emails.js';
import { Pagers, PagersModule } from '../../support/pagers.js';
import { byOptions } from '../../support/refused-start.js';
import { TestUsersModule } from '../../support/test-users.js';

const ADDRESS = 'bob@example.com';

/** A class that needs something of the application. */
@Injectable()
class PagingMailSender extends MailSender {
  constructor(private readonly pagers: Pagers) {
    super();
  }

  send({ to, code }: MailMessage): Promise<void> {
    return this.pagers.page(to, code);
  }
}

let booted: BootedApp | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await booted?.close();
  booted = undefined;
});

describe.each(PLATFORMS)('the mail sender on %s', (platform) => {
  const boot = async (email: MfaModuleOptions['email'], more: Partial<MfaModuleOptions> = {}) => {
    booted = await bootApp({ platform, mfa: { challenges: [EmailChallenge], email, ...more } });
    const { client } = booted;
    const token = await client.token('bob');
    const asked = await requestEmail(booted, token, ADDRESS);
    const verify = async (mfa_code: string) =>
      (await client.put('/mfa/email/verify/', { token, json: { mfa_code } })).status;
    return { asked, verify, booted };
  };

  it('is a class that is made with what `imports` offers', async () => {
    const { verify, booted: app } = await boot(
      { sender: PagingMailSender },
      { imports: [TestUsersModule, PagersModule] },
    );
    const [page] = app.app.get(Pagers, { strict: false }).pages;
    expect(page?.pager).toBe(ADDRESS);
    expect(await verify(page!.code)).toBe(200);
  });

  it('is a plain function, which is told all that a service with templates needs', async () => {
    const mails: MailMessage[] = [];
    const { verify } = await boot({ sender: (mail) => Promise.resolve(void mails.push(mail)) });
    const [{ code, signal, html, ...mail }] = mails as [MailMessage];
    expect(mail).toEqual({
      to: ADDRESS,
      subject: 'Two Factor Authentication Code',
      text: `Two Factor Authentication Code: ${code}\n\nDo not give it to anyone, also if you did not ask for it.`,
      userId: '2',
    });
    expect([signal.aborted, html.includes(code), await verify(code)]).toEqual([false, true, 200]);
  });

  it.each([
    ['nobody can write to', new InvalidEmailAddressError()],
    ['this sender cannot write to', new BlockedEmailAddressError()],
  ])('says at enrolment that the address is one that %s', async (_, error) => {
    const { asked } = await boot({ sender: () => Promise.reject(error) });
    expect([asked.status, asked.body['code'], asked.body['message']]).toEqual([
      400,
      'invalid_email',
      'Please enter a valid e-mail address.',
    ]);
  });

  it('writes codes to the log when there is none, in development', async () => {
    const { verify, booted: app } = await boot(undefined);
    const line = app.log.find((text) => text.includes(`No mail sender is configured. To ${ADDRESS}:`));
    expect(await verify(/Code: ([0-9]{6})/.exec(line ?? '')?.[1] ?? '')).toBe(200);
  });

  it.each(['no {code}', 'throws', 'a promise'])(
    '[F-07] is given nothing where the application has no text: %s',
    async (kind) => {
      const mails: MailMessage[] = [];
      const words = {
        mfa_code_email: (() => {
          if (kind === 'throws') throw new Error('no translation');
          return kind === 'a promise' ? Promise.resolve('{code}') : 'Your code.';
        }) as () => string,
      };
      const { asked, booted: app } = await boot(
        { sender: (mail) => Promise.resolve(void mails.push(mail)) },
        { words },
      );
      expect([asked.status, asked.body['code'], mails]).toEqual([400, 'email_send_failed', []]);
      expect(app.log.some((line) => line.includes('`words.mfa_code_email`'))).toBe(true);
    },
  );
});

describe('the start with mails', () => {
  const challenges = [EmailChallenge];

  it.each([undefined, {}, { smtp: '' }, { smtp: undefined, from: 'no-reply@bank.example' }])(
    '[C-10] is refused in production as %j, where no code may go to the log',
    async (email) => {
      vi.stubEnv('NODE_ENV', 'production');
      const said = await byOptions({ challenges, email });
      expect(said).toMatch(
        /^MfaModule: `email` has no sender, and in production codes must not go to the log, e\.g\. /,
      );
      expect(await byOptions({ challenges, email: { sender: () => Promise.resolve() } })).toBe('it started');
    },
  );

  it.each([
    [{ smtp: 'smtps://smtp.example.com' }, '`email.from` is missing'],
    [{ smtp: 'smtps://smtp.example.com', from: 'no-reply' }, '`email.from` must be one address'],
    [{ smtp: 'smtps://smtp.example.com', from: 'a@b.example, c@d.example' }, '`email.from` must be one address'],
    [{ smtp: 'smtps://smtp.example.com', from: 'Bank\r\nBcc: x <a@b.example>' }, '`email.from` must be one address'],
    [{ smtp: 'https://smtp.example.com' }, '`email.smtp` must be a URL that begins with smtps:// or smtp://'],
    [{ smtp: 'smtp.example.com' }, '`email.smtp` must be a URL'],
    [{ smtp: 'smtp://' }, '`email.smtp` must be a URL'],
    [{ smtp: 'smtp://mfa:s3cret%@smtp.example.com' }, '`email.smtp` must be a URL'],
    [{ smtp: 'smtp://smtp.example.com?requireTLS=false' }, '`email.smtp` takes no options in its URL'],
    [{ smtp: { host: 'smtp.example.com', port: 0 } }, '`email.smtp.port` must be the number of a port'],
    [{ smtp: { host: '' } }, '`email.smtp.host` must be a text'],
    [{ sender: TestUsersModule }, '`email.sender` must be a function or a class that extends MailSender'],
    [{ sender: {} }, '`email.sender` must be a function or a class that extends MailSender'],
    [{ cannotResetPassword: 'false' }, '`email.cannotResetPassword` must be true or false'],
  ])('[F-16] is refused with %j, and no password is told', async (email, sentence) => {
    const said = await byOptions({ challenges, email: { from: undefined, ...email } });
    expect(said).toContain(`MfaModule: ${sentence}`);
    expect(said).not.toContain('s3cret');
  });

  it.each(['Bank <no-reply@bank.example>', 'no-reply@bank.example'])('takes the sender %s', async (from) => {
    expect(await byOptions({ challenges, email: { smtp: 'smtps://smtp.example.com', from } })).toBe('it started');
  });
});
