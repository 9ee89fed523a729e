import type { AddressedRequest } from '../../http/client-address.js';
import { OAuthRefusal } from './oauth-refusal.js';

const PARAMETERS = ['grant_type', 'username', 'password', 'mfa_code', 'backup_code', 'scope', 'refresh_token'] as const;
/** Nobody types more, and anyone could ask for the slow hash of a longer text. */
const MAX_LENGTH = 1024;

/** The parts of a framework's request that this reads. */
export interface TokenRequest extends AddressedRequest {
  body: unknown;
}

/** The parameters of a token request. All are texts. */
export type TokenParameters = Record<string, string | undefined>;

/**
 * Reads the parameters of a token request. A parameter without a value counts as absent (RFC 6749 §3.2). A parameter that is
 * no text is refused. @throws {OAuthRefusal}
 */
export function tokenParameters({ body }: TokenRequest): TokenParameters {
  return texts(body, PARAMETERS, invalidParameter);
}

/** Returns the refusal of a parameter that is missing or no text. */
export function invalidParameter(name: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', `Invalid parameter: \`${name}\``);
}

/** Returns those of the named parameters that have a value. @throws what `refusal` returns, for one that is no text */
export function texts<Name extends string>(
  body: unknown,
  names: readonly Name[],
  refusal: (name: Name) => Error,
): Partial<Record<Name, string>> {
  const given =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  const entries = names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]] as const);
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || value.includes('\0') || value.length > MAX_LENGTH) throw refusal(name);
  }
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Partial<Record<Name, string>>;
}
