import { type MfaModuleOptions, SmsChallenge, TotpChallenge, WebAuthnChallenge } from '../../src/index.js';
import type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from '../../src/testing/passkey-json.js';
import type { PasskeyChanges, PasskeyTraits } from '../../src/testing/passkey-traits.js';
import { VirtualPasskey } from '../../src/testing/virtual-passkey.js';
import { bootApp, type BootedApp, type BootOptions } from './boot-app.js';
import type { Answered } from './client.js';
import { denied } from './denied.js';

export const ORIGIN = 'https://app.bank.example';
export const WEBAUTHN = { rpId: 'bank.example', rpName: 'Example Bank', origins: [ORIGIN] };

/** The options of an application that takes passkeys. */
export const WITH_PASSKEYS: Partial<MfaModuleOptions> = {
  challenges: [SmsChallenge, TotpChallenge, WebAuthnChallenge],
  totp: { issuer: 'Example Bank' },
  webauthn: WEBAUTHN,
};

/** A registration that has been asked for: the factor's id and the browser's options. */
export interface AskedRegistration {
  id: string;
  options: PasskeyCreationOptions & Record<string, unknown>;
}

/** A login that waits for a passkey. */
export interface AskedAssertion {
  mfaToken: string;
  options: PasskeyRequestOptions & Record<string, unknown>;
}

/** An application that takes passkeys, and what a browser does with it. */
export class PasskeyStage {
  private constructor(readonly booted: BootedApp) {}

  static async boot({ mfa, ...options }: BootOptions = {}): Promise<PasskeyStage> {
    return PasskeyStage.on(await bootApp({ ...options, mfa: { ...WITH_PASSKEYS, ...mfa } }));
  }

  static on(booted: BootedApp): PasskeyStage {
    return new PasskeyStage(booted);
  }

  /** A passkey of this origin that nobody has registered. */
  passkey(traits: Partial<PasskeyTraits> = {}): VirtualPasskey {
    return new VirtualPasskey({ origin: ORIGIN, ...traits });
  }

  /** Asks for the registration of another passkey. */
  async ask(token: string, name?: string): Promise<AskedRegistration> {
    const { status, body, text } = await this.add(token, name);
    if (status !== 201) throw new Error(`no registration: ${status} ${text}`);
    return { id: String(body['id']), options: (body['show'] as Pick<AskedRegistration, 'options'>).options };
  }

  add(token: string, name?: string): Promise<Answered> {
    return this.booted.client.post('/mfa/factors/', { token, json: { type: 'webauthn', name } });
  }

  confirm(token: string, id: string, response: unknown): Promise<Answered> {
    return this.booted.client.post(`/mfa/factors/${id}/verify/`, { token, json: { response } });
  }

  /** Registers a passkey for a signed-in user and returns the id of its factor. */
  async register(token: string, passkey: VirtualPasskey, name?: string): Promise<string> {
    const { id, options } = await this.ask(token, name);
    const { status, text } = await this.confirm(token, id, passkey.register(options));
    if (status !== 200) throw new Error(`not registered: ${status} ${text}`);
    return id;
  }

  /** Turns MFA on with a passkey for a user, and returns the token that did it. */
  async enrolled(username: string, passkey: VirtualPasskey): Promise<string> {
    const token = await this.booted.client.token(username);
    await this.register(token, passkey);
    return token;
  }

  /** Passes the password, and is asked for a passkey. */
  async begin(username: string): Promise<AskedAssertion> {
    const { status, body, text } = await this.booted.client.login(username);
    const { options } = (body['challenge'] ?? {}) as { options?: AskedAssertion['options'] };
    if (!options) throw new Error(`no passkey asked for: ${status} ${text}`);
    return { mfaToken: String(body['mfa_token']), options };
  }

  finish({ mfaToken }: Pick<AskedAssertion, 'mfaToken'>, response: unknown, method = 'passkeys'): Promise<Answered> {
    return this.booted.client.post('/mfa/login/verify/', { json: { mfa_token: mfaToken, method, response } });
  }

  /** Signs a user in with password and passkey, and returns the token. */
  async signIn(username: string, passkey: VirtualPasskey, changes?: PasskeyChanges): Promise<string> {
    const asked = await this.begin(username);
    const { status, body, text } = await this.finish(asked, passkey.authenticate(asked.options, changes));
    if (status !== 200) throw new Error(`not signed in: ${status} ${text}`);
    return String(body['token']);
  }

  /** How a login with this answer is refused. It has opened no session. */
  async refusalOf(
    username: string,
    answer: (options: PasskeyRequestOptions) => PasskeyAssertion | PasskeyRegistration | object,
  ): Promise<unknown[]> {
    const asked = await this.begin(username);
    const { status, body } = await denied(this.booted, () => this.finish(asked, answer(asked.options)));
    return [status, body['code']];
  }

  close(): Promise<void> {
    return this.booted.close();
  }
}
