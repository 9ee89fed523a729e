import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot-app.js';
import { bootMailing, enrolledEmail, type MailingApp, requestEmail, tokenByMail } from '../../support/emails.js';
import { addressesOf } from '../../support/mail-server.js';

const ADDRESS = 'robert@example.com';

let booted: MailingApp;
let token: string;
afterEach(() => booted.close());

describe.each(PLATFORMS)('a code by mail on %s', (platform) => {
  beforeEach(async () => {
    booted = await bootMailing({ platform });
    token = await booted.client.token('bob');
  });

  const verify = (mfa_code: string) => booted.client.put('/mfa/email/verify/', { token, json: { mfa_code } });
  const choose = (json: object) => booted.client.post('/mfa/login/challenge/', { json });
  const finish = (json: object) => booted.client.post('/mfa/login/verify/', { json });

  it('turns MFA on, in text and HTML, without a link that somebody else could follow', async () => {
    expect((await requestEmail(booted, token, ADDRESS)).status).toBe(200);
    const { from, recipients, parsed } = booted.mail.last();
    expect([from, recipients, addressesOf(parsed.to)]).toEqual(['no-reply@bank.example', [ADDRESS], [ADDRESS]]);
    expect([parsed.subject, parsed.from?.text]).toEqual([
      'Two Factor Authentication Code',
      '"Example Bank" <no-reply@bank.example>',
    ]);
    const code = booted.mail.lastCode();
    expect(parsed.html).toContain(`<strong>${code}</strong>`);
    expect(`${parsed.text} ${String(parsed.html)}`).not.toMatch(/https?:|href|src=/i);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    const { status, body } = await verify(code);
    expect([status, body]).toEqual([200, { enabled: true, challenge_type: 'email', phone_number: '' }]);
    expect((await verify(code)).status).toBe(400);
  });

  it('signs in, once, and the login shows no more of the address than is needed to find the mail', async () => {
    await enrolledEmail(booted, token, ADDRESS);
    const { body } = await booted.client.login('bob');
    expect(body).toMatchObject({ mfa_type: 'email', expires_in: 600, challenge: { type: 'email', sent: true } });
    const id = expect.any(String) as unknown;
    const retry_in = expect.any(Number) as unknown;
    expect(body['mfa_methods']).toEqual([
      { id, type: 'email', hint: 'r***@example.com', input: 'code', default: true, sends: true, retry_in },
    ]);
    const given = { mfa_token: body['mfa_token'], code: booted.mail.lastCode() };
    expect((await finish(given)).status).toBe(200);
    expect((await finish(given)).body['code']).toBe('invalid_mfa_token');
    expect((await booted.client.login('bob', { mfa_code: given.code })).status).toBe(400);
  });

  it('is right for 400 to 600 seconds, as the answer says', async () => {
    await enrolledEmail(booted, token, ADDRESS);
    const lives: number[] = [];
    for (const wait of [0, 199, 100]) {
      booted.clock.advance(600 + wait);
      const { body } = await booted.client.login('bob');
      const { expires_in } = body['challenge'] as { expires_in: number };
      lives.push(expires_in);
      booted.clock.advance(expires_in - 1);
      const code = booted.mail.lastCode();
      expect((await finish({ mfa_token: body['mfa_token'], code })).status).toBe(200);
      booted.clock.advance(600);
      const late = (await booted.client.login('bob')).body;
      const after = (late['challenge'] as { expires_in: number }).expires_in;
      booted.clock.advance(after);
      expect((await finish({ mfa_token: late['mfa_token'], code: booted.mail.lastCode() })).status).toBe(400);
    }
    expect(lives.every((seconds) => seconds > 400 && seconds <= 600)).toBe(true);
  });

  it('comes again when it is asked for, outside of the cooldown', async () => {
    await enrolledEmail(booted, token, ADDRESS);
    const count = booted.mail.mails.length;
    const { mfa_token } = (await booted.client.login('bob')).body;
    expect((await choose({ mfa_token })).body['challenge']).toMatchObject({ sent: false, retry_in: 60 });
    booted.clock.advance(61);
    expect((await choose({ mfa_token })).body['challenge']).toMatchObject({ sent: true });
    expect(booted.mail.mails.length).toBe(count + 2);
    expect((await finish({ mfa_token, code: booted.mail.lastCode() })).status).toBe(200);
  });

  it('goes to the address that the user chooses, and is right for that one alone', async () => {
    const first = await enrolledEmail(booted, token, ADDRESS);
    const second = await enrolledEmail(booted, token, 'bob@work.example');
    await enrolledEmail(booted, token, 'bob@third.example');
    const full = await booted.client.post('/mfa/factors/', { token, json: { type: 'email', email: 'b@x.example' } });
    expect([full.status, full.body['code']]).toEqual([400, 'too_many_factors']);
    const { mfa_token } = (await booted.client.login('bob')).body;
    const code = booted.mail.lastCode();
    expect(booted.mail.last().recipients).toEqual([ADDRESS]);
    const chosen = await choose({ mfa_token, method: second });
    expect(booted.mail.last().recipients).toEqual(['bob@work.example']);
    expect((await finish({ mfa_token: chosen.body['mfa_token'], code })).status).toBe(400);
    const other = { mfa_token: chosen.body['mfa_token'], method: first, code: booted.mail.lastCode() };
    expect((await finish(other)).status).toBe(400);
    expect((await finish({ ...other, method: second })).status).toBe(200);
  });

  it('is bound to what it was sent for', async () => {
    await enrolledEmail(booted, token, ADDRESS);
    await booted.client.post('/mfa/factors/', { token, json: { type: 'email', email: 'bob@work.example' } });
    const enrolling = booted.mail.lastCode();
    const { mfa_token } = (await booted.client.login('bob')).body;
    expect((await finish({ mfa_token, code: enrolling })).status).toBe(400);
    expect(await tokenByMail(booted, 'bob').catch(String)).toBeTypeOf('string');
  });
});
