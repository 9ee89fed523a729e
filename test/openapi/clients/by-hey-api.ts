import { createClient } from './sdk/client/index.js';
import * as api from './sdk/sdk.gen.js';

/** Turns MFA on with an authenticator app, signs in with it, and returns what the session can read of itself. */
export async function enrolAndSignIn(baseUrl: string, codeOf: (uri: unknown) => string) {
  const client = createClient({ baseUrl });
  const body = { username: 'alice', password: 'alice-password' };
  const first = await api.mfaLogin({ client, body });
  if (!first.data || !('token' in first.data)) throw new Error('no token');
  const auth = first.data.token;
  const requested = await api.mfaRequestTotp({ client, auth, body: {} });
  const uri = requested.data?.show?.['otpauth_uri'];
  const confirmed = await api.mfaConfirmTotp({ client, auth, body: { mfa_code: codeOf(uri) } });
  const enabled: boolean | undefined = confirmed.data?.enabled;

  const pending = await api.mfaLogin({ client, body });
  if (!pending.data || !('mfa_token' in pending.data)) throw new Error('no second factor');
  const { mfa_token, mfa_methods } = pending.data;
  const method = mfa_methods.find(({ type }) => type === 'totp')?.id;
  const wrong = await api.mfaLoginVerify({ client, body: { mfa_token, method, code: '000000' } });
  const done = await api.mfaLoginVerify({ client, body: { mfa_token, method, code: codeOf(uri) } });
  if (!done.data || !('token' in done.data)) throw new Error('no token');
  const status = await api.mfaStatus({ client, auth: done.data.token });
  return { enabled, refused: wrong.error?.code, type: status.data?.challenge_type };
}
