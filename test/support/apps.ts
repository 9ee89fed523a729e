import { URI as OtpauthUri, TOTP } from 'otpauth';
import type { BootedApp } from './boot-app.js';

/** An authenticator app, by an implementation that is not ours. */
export interface AuthenticatorApp {
  /** The id of its factor. */
  id: string;
  /** Its code of this moment, or of so many steps later. */
  code: (steps?: number) => string;
}

/** Adds an authenticator app for a signed-in user, whether or not MFA is on. The clock goes on to its next code. */
export async function addApp(booted: BootedApp, token: string, name?: string): Promise<AuthenticatorApp> {
  const { client, clock } = booted;
  const { body } = await client.post('/mfa/factors/', { token, json: { type: 'totp', name } });
  const uri = (body['show'] as { otpauth_uri: string }).otpauth_uri;
  const app = OtpauthUri.parse(uri) as TOTP;
  const code = (steps = 0) => app.generate({ timestamp: clock.now().getTime() + steps * 30_000 });
  const id = String(body['id']);
  const { status, text } = await client.post(`/mfa/factors/${id}/verify/`, { token, json: { code: code() } });
  if (status !== 200) throw new Error(`the app was not confirmed: ${status} ${text}`);
  clock.advance(60);
  return { id, code };
}
