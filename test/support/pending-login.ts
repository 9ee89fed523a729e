import { SmsChallenge, TotpChallenge } from '../../src/index.js';
import { type AuthenticatorApp, addApp } from './apps.js';
import { bootApp, type BootedApp, type BootOptions } from './boot-app.js';
import type { Answered } from './client.js';
import { denied } from './denied.js';

/** How every `mfa_token` is refused that is not one of this login. */
export const OVER = [400, 'invalid_mfa_token', 'Please sign in again.'];

/** An application whose users have authenticator apps, and what a test does with their pending logins. */
export class PendingLoginStage {
  private constructor(
    readonly booted: BootedApp,
    readonly apps: Record<'alice' | 'bob', AuthenticatorApp>,
  ) {}

  static async boot({ mfa, ...options }: BootOptions): Promise<PendingLoginStage> {
    const challenges = [SmsChallenge, TotpChallenge];
    const booted = await bootApp({ ...options, mfa: { challenges, totp: { issuer: 'Example Bank' }, ...mfa } });
    const appOf = async (name: string) => addApp(booted, await booted.client.token(name));
    return new PendingLoginStage(booted, { alice: await appOf('alice'), bob: await appOf('bob') });
  }

  verify(json: object): Promise<Answered> {
    return this.booted.client.post('/mfa/login/verify/', { json });
  }

  /** The token of a login that has passed the password. */
  async mfaToken(username = 'bob'): Promise<string> {
    const { body } = await this.booted.client.login(username);
    if (body['mfa_required'] !== true) throw new Error(`${username} was asked for no second factor.`);
    return String(body['mfa_token']);
  }

  /** The refusal of a proof, which has opened no session. */
  async refusalOf(json: object): Promise<unknown[]> {
    const { status, body } = await denied(this.booted, () => this.verify(json));
    return [status, body['code'], body['message']];
  }
}
