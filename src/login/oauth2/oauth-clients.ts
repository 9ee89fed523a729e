import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../core/clock.js';
import { EventTeller } from '../../core/events.js';
import { fingerprint, sameText } from '../../crypto/keyed-hash.js';
import { randomId, randomToken } from '../../crypto/randomness.js';
import { MfaOAuthClient } from '../../store/mfa-oauth-client.entity.js';
import type { Rows } from '../../store/rows.js';
import { rowsToken } from '../../store/tables.js';

/** A grant that a client may use. */
export type OAuthGrant = 'password' | 'refresh_token' | 'client_credentials';

/** A client to create. */
export interface NewOAuthClient {
  name: string;
  /** The grants that the client may use. `password` includes `refresh_token`. */
  grants: OAuthGrant[];
  /** The scopes that the client may request. A request without a scope gets all of them. */
  scopes?: string[];
  /** True for a client that cannot keep a secret: a phone app, a page in a browser. */
  public?: boolean;
}

/** Creates, finds and removes the clients of the OAuth2 login. */
@Injectable()
export class OAuthClients {
  constructor(
    @Inject(rowsToken(MfaOAuthClient)) private readonly rows: Rows<MfaOAuthClient>,
    private readonly clock: Clock,
    private readonly events: EventTeller = new EventTeller([]),
  ) {}

  /**
   * Returns the clients bound to your transaction: a client is created or removed when you commit.
   * @throws {TypeError} for a manager without a transaction
   */
  within(manager: EntityManager): Pick<OAuthClients, 'create' | 'remove'> {
    return new OAuthClients(this.rows.within(manager), this.clock, this.events.within(manager));
  }

  /**
   * Creates a client. Only this answer has its secret. A public client has none.
   * @example
   * ```ts
   * const { clientId, clientSecret } = await clients.create({
   *   name: 'Phone app',
   *   grants: ['password', 'refresh_token'],
   *   scopes: ['read', 'write'],
   * });
   * ```
   */
  async create({
    name,
    grants,
    scopes = [],
    public: isPublic = false,
  }: NewOAuthClient): Promise<{ clientId: string; clientSecret?: string }> {
    if (isPublic && grants.includes('client_credentials')) {
      throw new TypeError('A public client cannot have client_credentials: it has no credentials (RFC 6749 §4.4).');
    }
    const clientId = randomId();
    const clientSecret = isPublic ? undefined : randomToken();
    const secretHash = clientSecret ? fingerprint(clientSecret) : null;
    await this.rows.insert({ id: clientId, name, grants, scopes, secretHash, createdAt: this.clock.now() });
    await this.events.tell({ type: 'client_created', userId: null, at: this.clock.now() }, { clientId });
    return { clientId, ...(clientSecret && { clientSecret }) };
  }

  /** Returns the client with this id and secret, or null. A confidential client needs its secret; a public client must send none. */
  async authenticate(id: string, secret: string | undefined): Promise<MfaOAuthClient | null> {
    const client = await this.rows.find({ id });
    if (!client) return null;
    const { secretHash } = client;
    if (secretHash === null) return secret === undefined ? client : null;
    return secret !== undefined && sameText(fingerprint(secret), secretHash) ? client : null;
  }

  /** Removes a client. It gets no more tokens, and its tokens live until they expire. */
  async remove(clientId: string): Promise<void> {
    if ((await this.rows.delete({ id: clientId })) === 0) return;
    await this.events.tell({ type: 'client_removed', userId: null, at: this.clock.now() }, { clientId });
  }
}
