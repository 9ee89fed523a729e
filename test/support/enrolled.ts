import { enrol } from '../applications/enrol.js';
import type { BootedApp } from './boot-app.js';

/** Numbers that the conformance scenarios know. */
export const PHONES: Record<string, string> = {
  alice: '14085550199',
  bob: '14085550101',
  dave: '14085550102',
  carol: '14085550103',
};

/** Turns MFA on over SMS for a user, through HTTP, and gives the token that did it. */
export async function enrolled({ client, outbox, clock }: BootedApp, username: string): Promise<string> {
  const token = await enrol(client, outbox, username, PHONES[username] ?? '14085559999');
  // The next message must not fall into the cooldown of this one.
  clock.advance(3600);
  return token;
}

/** A code for the login of a user whose MFA is on. */
export async function codeByLogin({ client, outbox }: BootedApp, username: string): Promise<string> {
  const before = outbox.count;
  const { status, text } = await client.login(username);
  if (status !== 200 || outbox.count !== before + 1) throw new Error(`no message for ${username}: ${status} ${text}`);
  return outbox.lastCode();
}
