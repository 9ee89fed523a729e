import { afterEach, describe, expect, it } from 'vitest';
import { MfaLogin } from '../../../src/index.js';
import { addApp } from '../../support/apps.js';
import { PLATFORMS } from '../../support/boot-app.js';
import { bootMailing, enrolledEmail, type MailingApp, requestEmail, tokenByMail } from '../../support/emails.js';
import { rowOf } from '../../support/factor-rows.js';

const ADDRESS = 'bob@example.com';
const ENROL = 'Bearer realm="mfa", error="insufficient_user_authentication", acr_values="mfa"';

let booted: MailingApp;
afterEach(() => booted.close());

const amrOf = async (token: string) => (await booted.client.get('/app/me', { token })).body['amr'];
const vault = (token: string) => booted.client.get('/app/vault', { token });
const stepUp = (token: string, path: string, json: object) =>
  booted.client.post(`/mfa/step-up/${path}`, { token, json });

/** Every call that changes what proves who the user is. */
const changes = (id: string): [string, string, object?][] => [
  ['POST', '/mfa/factors/', { type: 'totp' }],
  ['POST', '/mfa/factors/', { type: 'email', email: 'thief@example.org' }],
  ['PATCH', `/mfa/factors/${id}/`, { default: true }],
  ['DELETE', `/mfa/factors/${id}/`],
  ['DELETE', '/mfa/'],
  ['GET', '/mfa/recovery/'],
];

describe.each(PLATFORMS)('a code by mail, which may come to the person who resets the password, on %s', (platform) => {
  it('[S-14] signs in and is no second factor: neither for `amr`, nor at a route with @RequireMfa()', async () => {
    booted = await bootMailing({ platform });
    const first = await booted.client.token('bob');
    await requestEmail(booted, first, ADDRESS);
    const json = { mfa_code: booted.mail.lastCode() };
    expect((await booted.client.put('/mfa/email/verify/', { token: first, json })).status).toBe(200);
    expect(await amrOf(first)).toEqual(['pwd', 'email']);
    booted.clock.advance(600);
    const token = await tokenByMail(booted, 'bob');
    expect(await amrOf(token)).toEqual(['pwd', 'email']);
    for (const one of [first, token]) {
      const { status, body, headers } = await vault(one);
      expect([status, body['code'], headers.get('www-authenticate')]).toEqual([401, 'mfa_enrolment_required', ENROL]);
    }
  });

  it('[S-14] steps nobody up', async () => {
    booted = await bootMailing({ platform });
    await enrolledEmail(booted, await booted.client.token('bob'), ADDRESS);
    const token = await tokenByMail(booted, 'bob');
    booted.clock.advance(120);
    const count = booted.mail.mails.length;
    for (const json of [{}, { mfa_code: booted.mail.lastCode() }, { mfa_code: '000000' }]) {
      const { status, body } = await stepUp(token, '', json);
      expect([status, body['code']]).toEqual([401, 'mfa_enrolment_required']);
    }
    expect([booted.mail.mails.length, (await vault(token)).status]).toEqual([count, 401]);
    expect(await rowOf(booted, 'bob')).toMatchObject({ codeFailures: 0, knownCodeFailures: 0 });
  });

  it('[S-14] lets its user add a second factor, which then opens the route', async () => {
    booted = await bootMailing({ platform });
    await enrolledEmail(booted, await booted.client.token('bob'), ADDRESS);
    const token = await tokenByMail(booted, 'bob');
    await addApp(booted, token);
    expect(await amrOf(token)).toEqual(['pwd', 'email', 'otp', 'mfa']);
    expect((await vault(token)).status).toBe(200);
  });

  it('[S-14] [E-07] changes nothing for a user who has a second factor: a reset password and a mailbox would be the whole account', async () => {
    booted = await bootMailing({ platform });
    const token = await booted.client.token('bob');
    const app = await addApp(booted, token);
    const mail = await enrolledEmail(booted, token, ADDRESS);
    const thief = await tokenByMail(booted, 'bob', mail);
    expect(await amrOf(thief)).toEqual(['pwd', 'email']);
    const before = await rowOf(booted, 'bob');
    for (const [method, path, json] of changes(app.id)) {
      const { status, body } = await booted.client.request(method, path, { token: thief, json });
      expect([method, path, status, body['code']]).toEqual([method, path, 401, 'insufficient_user_authentication']);
    }
    expect(await rowOf(booted, 'bob')).toEqual(before);
    const { status, headers } = await vault(thief);
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('max_age="300"')]);
  });

  it('[S-14] is not asked for at a step-up, where the user has another method, also if the login asks for it', async () => {
    booted = await bootMailing({ platform });
    const first = await booted.client.token('bob');
    const mail = await enrolledEmail(booted, first, ADDRESS);
    const app = await addApp(booted, await tokenByMail(booted, 'bob'));
    const token = await tokenByMail(booted, 'bob');
    const { body } = await stepUp(token, '', {});
    expect(body).toMatchObject({ mfa_type: 'totp', expires_in: 300, challenge: { method: app.id, type: 'totp' } });
    const { mfa_token } = body;
    expect((body['mfa_methods'] as { id: string }[]).map(({ id }) => id)).toEqual([app.id]);
    for (const [path, json] of [
      ['challenge/', { mfa_token, method: mail }],
      ['verify/', { mfa_token, method: mail, code: booted.mail.lastCode() }],
    ] as const) {
      const refused = await stepUp(token, path, json);
      expect([refused.status, refused.body['code']]).toEqual([400, 'method_not_available']);
    }
    expect((await stepUp(token, '', { mfa_code: app.code() })).body).toEqual({ mfa_required: false });
    expect((await vault(token)).status).toBe(200);
    expect((await booted.client.delete(`/mfa/factors/${app.id}/`, { token })).status).toBe(204);
    const { status, body: left } = await vault(token);
    expect([status, left['code']]).toEqual([401, 'mfa_enrolment_required']);
  });

  it('[S-14] is told to an application with a login of its own: `acr` stays 1fa', async () => {
    booted = await bootMailing({ platform });
    await enrolledEmail(booted, await booted.client.token('bob'), ADDRESS);
    const login = booted.app.get(MfaLogin, { strict: false });
    const request = { ip: '192.0.2.1', headers: {} } as never;
    const begun = await login.begin(booted.users.named('bob'), request);
    if (!begun.required) throw new Error('no second step was asked for');
    const body = { mfa_token: begun.answer.mfa_token, code: booted.mail.lastCode() };
    const done = await login.finish(body, request);
    expect(done).toMatchObject({ required: false, claims: { acr: '1fa', amr: ['pwd', 'email'] } });
  });

  it('is a second factor where the application says that nobody resets a password by mail', async () => {
    booted = await bootMailing({ platform, mfa: { email: { cannotResetPassword: true } } });
    await enrolledEmail(booted, await booted.client.token('bob'), ADDRESS);
    const token = await tokenByMail(booted, 'bob');
    expect([await amrOf(token), (await vault(token)).status]).toEqual([['pwd', 'email', 'mfa'], 200]);
    booted.clock.advance(600);
    expect((await vault(token)).status).toBe(401);
    const { mfa_token } = (await stepUp(token, '', {})).body;
    const code = booted.mail.lastCode();
    expect((await stepUp(token, 'verify/', { mfa_token, code })).body).toEqual({ mfa_required: false });
    expect((await vault(token)).status).toBe(200);
  });
});
