import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { MfaOAuthClient } from '../../store/mfa-oauth-client.entity.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-refusal.js';
import { texts, type TokenRequest } from './oauth-request.js';

/** What a client says of itself. A public client has no secret. */
interface Credentials {
  id: string;
  secret?: string;
}

/** A client that has proven who it is, and the secret that it did it with. */
export interface AuthenticatedClient {
  client: MfaOAuthClient;
  secret?: string;
}

/** Finds out which client sent a request: by Basic or in the body (RFC 6749 §2.3.1). */
@Injectable()
export class ClientAuthentication {
  constructor(private readonly clients: OAuthClients) {}

  /** @throws {OAuthRefusal} `invalid_client`, or `invalid_request` for two authentications at once */
  async of({ body, headers }: TokenRequest): Promise<AuthenticatedClient> {
    const { client_id, client_secret } = texts(body, ['client_id', 'client_secret'], invalidClient);
    const inHeader = basicCredentials(headers['authorization']?.toString());
    if (inHeader && client_secret) throw new OAuthRefusal('invalid_request', 'Two client authentications');
    const inBody = client_id ? [{ id: client_id, ...(client_secret && { secret: client_secret }) }] : [];
    for (const { id, secret } of inHeader ?? inBody) {
      const client = await this.clients.authenticate(id, secret);
      if (client) return { client, ...(secret !== undefined && { secret }) };
    }
    throw invalidClient();
  }
}

function invalidClient(): OAuthRefusal {
  return new OAuthRefusal('invalid_client', 'Invalid client: client is invalid', 401);
}

/**
 * Returns what a Basic header may mean, or undefined for another scheme: clients send an old token there when they sign in
 * again. Clients form-encode the two texts before they join them (RFC 6749 §2.3.1), but many do not.
 */
function basicCredentials(header = ''): Credentials[] | undefined {
  if (!/^basic(?: |$)/i.test(header)) return undefined;
  const encoded = /^basic +([\w+/=-]+)$/i.exec(header)?.[1] ?? '';
  const [, id, secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (!id) throw invalidClient();
  // Some, e.g. @badgateway/oauth2-client, encode the colon alone.
  const spellings = [decoded, (text: string) => text, (text: string) => text.replace(/%3a/gi, ':')].map((read) => ({
    id: read(id),
    ...(secret && { secret: read(secret) }),
  }));
  return spellings.filter((one, index) => spellings.findIndex((other) => isDeepStrictEqual(one, other)) === index);
}

// A text that does not decode was not encoded.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}
