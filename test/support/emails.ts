import { EmailChallenge, type MfaModuleOptions, SmsChallenge, TotpChallenge } from '../../src/index.js';
import { bootApp, type BootedApp, type BootOptions } from './boot-app.js';
import type { Answered } from './client.js';
import { MailServer } from './mail-server.js';

/** An application that sends its codes through a real SMTP server. */
export interface MailingApp extends BootedApp {
  mail: MailServer;
}

/** Starts the server and the application. Closing the application closes both. */
export async function bootMailing({ mfa, ...options }: BootOptions = {}): Promise<MailingApp> {
  const mail = await MailServer.start();
  const all: Partial<MfaModuleOptions> = {
    challenges: [EmailChallenge, SmsChallenge, TotpChallenge],
    totp: { issuer: 'Example Bank' },
    ...mfa,
    email: { smtp: mail.url, from: 'Example Bank <no-reply@bank.example>', ...mfa?.email },
  };
  const booted = await bootApp({ ...options, mfa: all }).catch(async (error: unknown) => {
    await mail.close();
    throw error;
  });
  const close = async () => {
    await booted.close();
    await mail.close();
  };
  return { ...booted, mail, close };
}

/** Asks for a code at an address, to enrol it. */
export function requestEmail({ client }: BootedApp, token: string, email: unknown): Promise<Answered> {
  return client.put('/mfa/email/request/', { token, json: { email } });
}

/** Turns MFA on with an address, or adds the address to the user's factors. Gives the token that did it, and the factor's id. */
export async function enrolledEmail(booted: MailingApp, token: string, email: string): Promise<string> {
  const { client, mail, clock } = booted;
  const { body } = await client.post('/mfa/factors/', { token, json: { type: 'email', email } });
  const id = String(body['id']);
  const { status, text } = await client.post(`/mfa/factors/${id}/verify/`, { token, json: { code: mail.lastCode() } });
  if (status !== 200) throw new Error(`${email} was not confirmed: ${status} ${text}`);
  // The next mail must not fall into the cooldown of this one, and the sign-in stays fresh.
  clock.advance(300);
  return id;
}

/** Signs in with the password and the code of a mail. */
export async function tokenByMail({ client, mail }: MailingApp, username: string, method?: string): Promise<string> {
  const { body } = await client.login(username);
  let { mfa_token } = body;
  if (method !== undefined) {
    const chosen = await client.post('/mfa/login/challenge/', { json: { mfa_token, method } });
    ({ mfa_token } = chosen.body);
  }
  const json = { mfa_token, code: mail.lastCode() };
  const { status, body: granted, text } = await client.post('/mfa/login/verify/', { json });
  if (status !== 200) throw new Error(`${username} is not in: ${status} ${text}`);
  return String(granted['token']);
}
