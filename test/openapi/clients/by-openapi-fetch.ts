import createClient from 'openapi-fetch';
import type { paths } from './paths.js';

/** Turns MFA on with an authenticator app, signs in with it, and returns what the session can read of itself. */
export async function enrolAndSignIn(baseUrl: string, codeOf: (uri: unknown) => string) {
  const client = createClient<paths>({ baseUrl });
  const body = { username: 'alice', password: 'alice-password' };
  const first = await client.POST('/mfa/authtoken/login/', { body });
  if (!first.data || !('token' in first.data)) throw new Error('no token');
  const headers = { Authorization: `Bearer ${first.data.token}` };
  const requested = await client.PUT('/mfa/totp/request/', { headers, body: {} });
  const uri = requested.data?.show?.['otpauth_uri'];
  const confirmed = await client.PUT('/mfa/totp/verify/', { headers, body: { mfa_code: codeOf(uri) } });
  const enabled: boolean | undefined = confirmed.data?.enabled;

  const pending = await client.POST('/mfa/authtoken/login/', { body });
  if (!pending.data || !('mfa_token' in pending.data)) throw new Error('no second factor');
  const { mfa_token, mfa_methods } = pending.data;
  const method = mfa_methods.find(({ type }) => type === 'totp')?.id;
  const wrong = await client.POST('/mfa/login/verify/', { body: { mfa_token, method, code: '000000' } });
  const done = await client.POST('/mfa/login/verify/', { body: { mfa_token, method, code: codeOf(uri) } });
  if (!done.data || !('token' in done.data)) throw new Error('no token');
  const status = await client.GET('/mfa/', { headers: { Authorization: `Bearer ${done.data.token}` } });
  return { enabled, refused: wrong.error?.code, type: status.data?.challenge_type };
}
