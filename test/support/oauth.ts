import { type NewOAuthClient, OAuthClients } from '../../src/index.js';
import type { BootedApp } from './boot-app.js';
import type { Answered, Client } from './client.js';

/** The tokens of a successful token request. */
export interface Tokens {
  access: string;
  refresh: string;
}

/** An OAuth2 client that talks to the token endpoint: a confidential one by Basic, a public one by `client_id`. */
export class OAuthCaller {
  constructor(
    private readonly client: Client,
    readonly id: string,
    readonly secret = '',
  ) {}

  get basic(): string {
    return basic(this.id, this.secret);
  }

  token(form: Record<string, string>): Promise<Answered> {
    return this.client.post('/mfa/oauth2/token/', {
      form: { ...form, ...(this.secret ? {} : { client_id: this.id }) },
      headers: this.secret ? { authorization: this.basic } : {},
    });
  }

  password(username: string, more: Record<string, string> = {}): Promise<Answered> {
    return this.token({ grant_type: 'password', username, password: `${username}-password`, ...more });
  }

  refresh(token: string, more: Record<string, string> = {}): Promise<Answered> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token, ...more });
  }

  /** The tokens of a login that must succeed. */
  async tokens(username: string, more: Record<string, string> = {}): Promise<Tokens> {
    return tokensOf(await this.password(username, more));
  }
}

/** Makes a client as an application does: confidential, with password and refresh, unless the test says otherwise. */
export async function oauthClient(
  { app, client }: BootedApp,
  more: Partial<NewOAuthClient> = {},
): Promise<OAuthCaller> {
  const { clientId, clientSecret } = await app
    .get(OAuthClients, { strict: false })
    .create({ name: 'c', grants: ['password', 'refresh_token'], scopes: ['read', 'write'], ...more });
  return new OAuthCaller(client, clientId, clientSecret);
}

/** A Basic header of the two texts as they are. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

/** The tokens of an answer that must be a success. */
export function tokensOf({ status, body, text }: Answered): Tokens {
  if (status !== 200 || typeof body['access_token'] !== 'string') throw new Error(`no tokens: ${status} ${text}`);
  return { access: body['access_token'], refresh: String(body['refresh_token']) };
}
