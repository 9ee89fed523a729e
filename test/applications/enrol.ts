import type { Client } from '../support/client.js';
import type { Outbox } from '../support/outbox.js';

/** Turns MFA on for a user as a person would, and gives the token of the session that did it. */
export async function enrol(
  client: Client,
  outbox: Outbox,
  username: string,
  phone_number = '14085550199',
): Promise<string> {
  const token = await client.token(username);
  const asked = await client.put('/mfa/sms/request/', { token, json: { phone_number } });
  if (asked.status !== 200) throw new Error(`request: ${asked.status} ${asked.text}`);
  const verified = await client.put('/mfa/sms/verify/', { token, json: { mfa_code: outbox.lastCode() } });
  if (verified.status !== 200) throw new Error(`verify: ${verified.status} ${verified.text}`);
  return token;
}
