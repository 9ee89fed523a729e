import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../core/clock.js';
import { EventTeller } from '../../core/events.js';
import { fingerprint } from '../../crypto/keyed-hash.js';
import { randomId, randomToken } from '../../crypto/randomness.js';
import { isUniqueViolation } from '../../store/database-errors.js';
import { MfaOAuthClient } from '../../store/mfa-oauth-client.entity.js';
import type { Rows } from '../../store/rows.js';
import { rowsToken } from '../../store/tables.js';
import { ClientSecrets } from './client-secrets.js';

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
  /** The id that the client has already, up to 100 printable ASCII characters. Default: a random one. */
  clientId?: string;
  /** The secret that the client has already. One of less than 32 random characters could be guessed. Default: a random one. */
  secret?: string;
  /** Instead of `secret`, its hash: Django's `pbkdf2_sha256$…`, or its SHA-256 in hex. */
  secretHash?: string;
}

/** What RFC 6749 (appendix A) lets an id or a secret be. */
const PRINTABLE = /^[\x20-\x7e]+$/;
const [MOST_OF_ID, MOST_OF_SECRET] = [100, 1024];

/** Creates, finds and removes the clients of the OAuth2 login. */
@Injectable()
export class OAuthClients {
  constructor(
    @Inject(rowsToken(MfaOAuthClient)) private readonly rows: Rows<MfaOAuthClient>,
    private readonly clock: Clock,
    private readonly secrets: ClientSecrets,
    private readonly events: EventTeller,
  ) {}

  /**
   * Returns the clients bound to your transaction: a client is created or removed when you commit.
   * @throws {TypeError} for a manager without a transaction
   */
  within(manager: EntityManager): Pick<OAuthClients, 'create' | 'remove'> {
    return new OAuthClients(this.rows.within(manager), this.clock, this.secrets, this.events.within(manager));
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
  async create(client: NewOAuthClient): Promise<{ clientId: string; clientSecret?: string }> {
    this.refuseImpossible(client);
    const { name, grants, scopes = [], clientId = randomId() } = client;
    const isKnown = client.public || client.secretHash !== undefined;
    const clientSecret = client.secret ?? (isKnown ? undefined : randomToken());
    const secretHash = clientSecret === undefined ? (client.secretHash ?? null) : fingerprint(clientSecret);
    await this.insert({ id: clientId, name, grants, scopes, secretHash, createdAt: this.clock.now() });
    await this.events.tell({ type: 'client_created', userId: null, at: this.clock.now() }, { clientId });
    return { clientId, ...(clientSecret && { clientSecret }) };
  }

  /** Returns the client with this id and secret, or null. A confidential client needs its secret; a public client must send none. */
  async authenticate(id: string, secret: string | undefined): Promise<MfaOAuthClient | null> {
    const client = await this.rows.find({ id });
    if (!client) return null;
    const { secretHash } = client;
    if (secretHash === null) return secret === undefined ? client : null;
    if (secret === undefined || !(await this.secrets.match(secret, secretHash))) return null;
    const renewed = this.secrets.renewed(secret, secretHash);
    if (renewed !== secretHash) await this.rows.updateOne({ id, secretHash }, { secretHash: renewed });
    return client;
  }

  /** Removes a client. It gets no more tokens, and its tokens live until they expire. */
  async remove(clientId: string): Promise<void> {
    if ((await this.rows.delete({ id: clientId })) === 0) return;
    await this.events.tell({ type: 'client_removed', userId: null, at: this.clock.now() }, { clientId });
  }

  private async insert(client: MfaOAuthClient): Promise<void> {
    try {
      await this.rows.insert(client);
    } catch (error) {
      throw isUniqueViolation(error) ? new TypeError(`There is a client with the id ${client.id} already.`) : error;
    }
  }

  private refuseImpossible({ grants, public: isPublic, clientId, secret, secretHash }: NewOAuthClient): void {
    if (isPublic && grants.includes('client_credentials')) {
      throw new TypeError('A public client cannot have client_credentials: it has no credentials (RFC 6749 §4.4).');
    }
    if ([isPublic, secret !== undefined, secretHash !== undefined].filter(Boolean).length > 1) {
      throw new TypeError('A client has one of `secret`, `secretHash` and `public: true`.');
    }
    refuseUnprintable('clientId', clientId, MOST_OF_ID);
    refuseUnprintable('secret', secret, MOST_OF_SECRET);
    if (secretHash === undefined || this.secrets.isHash(secretHash)) return;
    throw new TypeError("`secretHash` must be Django's pbkdf2_sha256$… or SHA-256 in hex.");
  }
}

function refuseUnprintable(name: string, text: string | undefined, most: number): void {
  if (text === undefined || (PRINTABLE.test(text) && text.length <= most)) return;
  throw new TypeError(`\`${name}\` must be 1 to ${most} printable ASCII characters (RFC 6749, appendix A).`);
}
