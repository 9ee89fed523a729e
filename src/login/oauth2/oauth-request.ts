import type { AddressedRequest } from '../../http/client-address.js';
import type { ConnectedRequest } from '../../http/connection.js';
import { OAuthRefusal } from './oauth-refusal.js';

const PARAMETERS = ['grant_type', 'username', 'password', 'mfa_code', 'backup_code', 'scope', 'refresh_token'] as const;
/** Nobody types more, and anyone could ask for the slow hash of a longer text. */
const MAX_LENGTH = 1024;

const CREDENTIALS = ['client_id', 'client_secret'] as const;

/** The parts of a framework's request that this reads. */
export interface TokenRequest extends AddressedRequest, Pick<ConnectedRequest, 'raw'> {
  body: unknown;
}

/** The parameters of a token request. All are texts. */
export type TokenParameters = Record<string, string | undefined>;

/**
 * Reads the parameters of a token request, with the client's credentials. A parameter without a value counts as absent
 * (RFC 6749 §3.2). A parameter that is no text is refused. @throws {OAuthRefusal}
 */
export function tokenParameters({ body, headers }: TokenRequest): TokenParameters {
  const given =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  const inBody = texts(given, CREDENTIALS, invalidClient);
  const inHeader = basicCredentials(headers['authorization']?.toString());
  if (inHeader && inBody['client_secret']) throw new OAuthRefusal('invalid_request', 'Two client authentications');
  const parameters = texts(given, PARAMETERS, invalidParameter);
  return { ...parameters, ...(inHeader ?? inBody) };
}

/** Returns the refusal of a parameter that is missing or no text. */
export function invalidParameter(name: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', `Invalid parameter: \`${name}\``);
}

function texts(
  given: Record<string, unknown>,
  names: readonly string[],
  refusal: (name: string) => Error,
): Record<string, string> {
  const entries = names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]] as const);
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || value.includes('\0') || value.length > MAX_LENGTH) throw refusal(name);
  }
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Record<string, string>;
}

function invalidClient(): OAuthRefusal {
  return new OAuthRefusal('invalid_client', 'Invalid client: client is invalid', 401);
}

/** RFC 6749 §2.3.1: clients form-encode the two before they join them. The library does not decode them. */
function basicCredentials(header: string | undefined): Record<string, string> | undefined {
  const encoded = /^basic ([\w+/=-]+)$/i.exec(header ?? '')?.[1];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  if (header === undefined) return undefined;
  if (!id) throw invalidClient();
  return { client_id: decode(id), ...(secret && { client_secret: decode(secret) }) };
}

// Many clients do not encode, so a text that does not decode is taken as it is.
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}
