import type { RelyingParty } from './relying-party.js';

/** What the browser says about the page that asked. The authenticator signs a hash of it. */
interface ClientData {
  type?: unknown;
  challenge?: unknown;
  origin?: unknown;
  crossOrigin?: unknown;
  topOrigin?: unknown;
}

/** What a ceremony expects in the client data. */
export interface ExpectedClientData {
  type: 'webauthn.create' | 'webauthn.get';
  challenge: string;
  party: RelyingParty;
}

/**
 * Says whether a page of the service has asked. If that page is in a frame, the page around it must be in `topOrigins`.
 * The library does not check the frame at a registration, or if the browser does not name the page around it (WebAuthn
 * §7.1 steps 7–11, §7.2 steps 10–14).
 */
export function isExpected(clientDataJSON: string, { type, challenge, party }: ExpectedClientData): boolean {
  const data = parsed(clientDataJSON);
  if (data?.type !== type || data.challenge !== challenge) return false;
  if (typeof data.origin !== 'string' || !party.origins.includes(data.origin)) return false;
  const { crossOrigin, topOrigin } = data;
  if (crossOrigin !== true) return (crossOrigin === undefined || crossOrigin === false) && topOrigin === undefined;
  return typeof topOrigin === 'string' && party.topOrigins.includes(topOrigin);
}

function parsed(clientDataJSON: string): ClientData | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    return typeof data === 'object' && data !== null ? data : undefined;
  } catch {
    return undefined;
  }
}
