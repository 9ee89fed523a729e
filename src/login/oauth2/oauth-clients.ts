import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../core/clock.js';
import { fingerprint, sameText } from '../../crypto/keyed-hash.js';
import { randomId, randomToken } from '../../crypto/randomness.js';
import { MfaOAuthClient } from '../../store/mfa-oauth-client.entity.js';
import type { Rows } from '../../store/rows.js';
import { rowsToken } from '../../store/tables.js';

/** A grant that a client may use. */
export type OAuthGrant = 'password' | 'refresh_token' | 'client_credentials';

/** A client to be made. */
export interface NewOAuthClient {
  name: string;
  /** Nothing is granted that is not named here, but that `password` brings `refresh_token`: the documented answer has one. */
  grants: OAuthGrant[];
  /** What its tokens may be for. A request that names no scope gets all of them. */
  scopes?: string[];
  /** A client that can keep no secret: an app on a phone, a page in a browser. */
  public?: boolean;
}

/** Makes and finds the clients of the OAuth2 login. */
@Injectable()
export class OAuthClients {
  constructor(
    @Inject(rowsToken(MfaOAuthClient)) private readonly rows: Rows<MfaOAuthClient>,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the clients bound to your transaction: a client is created or removed when you commit.
   * @throws {TypeError} for a manager without a transaction
   */
  within(manager: EntityManager): Pick<OAuthClients, 'create' | 'remove'> {
    return new OAuthClients(this.rows.within(manager), this.clock);
  }

  /** Makes a client. Its secret is in the answer and nowhere else; a public client has none. */
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
    return { clientId, ...(clientSecret && { clientSecret }) };
  }

  /** The client with this id and secret, or null. A confidential client needs its secret, a public one has none to give. */
  async authenticate(id: string, secret: string | undefined): Promise<MfaOAuthClient | null> {
    const client = await this.rows.find({ id });
    if (!client) return null;
    const { secretHash } = client;
    if (secretHash === null) return secret === undefined ? client : null;
    return secret !== undefined && sameText(fingerprint(secret), secretHash) ? client : null;
  }

  /** Removes a client. It gets no more tokens; those that it has last until they expire. */
  async remove(clientId: string): Promise<void> {
    await this.rows.delete({ id: clientId });
  }
}
