import { isIP } from 'node:net';
import { Misconfiguration } from '../../core/misconfiguration.js';
import type { WebAuthnOptions } from './webauthn-options.js';

/** The service that passkeys belong to, from the options. */
export interface RelyingParty {
  id: string;
  name: string;
  origins: string[];
  topOrigins: string[];
}

const EXAMPLE = "e.g. webauthn: { rpId: 'example.com', origins: ['https://app.example.com'] }";

/** Matches `android:apk-key-hash:…`, the origin of an Android app. */
const ANDROID = /^android:apk-key-hash:[\w-]{43}$/;

/**
 * Returns the service of these options.
 * @throws {Misconfiguration} if browsers would refuse every passkey, or accept those of another service
 */
export function relyingPartyOf({ rpId, rpName, origins, topOrigins }: WebAuthnOptions): RelyingParty {
  if (rpId === '')
    throw new Misconfiguration(`\`webauthn.rpId\` is missing: the domain that passkeys belong to, ${EXAMPLE}.`);
  if (!isDomain(rpId)) {
    throw new Misconfiguration(
      `\`webauthn.rpId\` must be a domain in lower case, without a scheme, a port or a dot at its end, ${EXAMPLE}.`,
    );
  }
  const allowed = origins.length > 0 ? origins : [`https://${rpId}`];
  for (const origin of allowed) checkOrigin('origins', origin, rpId);
  for (const origin of topOrigins) checkOrigin('topOrigins', origin);
  return { id: rpId, name: rpName || rpId, origins: allowed, topOrigins };
}

function isDomain(text: string): boolean {
  const url = parsed(`https://${text}`);
  return isIP(text) === 0 && url?.hostname === text && !text.endsWith('.');
}

function checkOrigin(option: 'origins' | 'topOrigins', origin: string, rpId?: string): void {
  if (rpId !== undefined && ANDROID.test(origin)) return;
  const url = parsed(origin);
  if (url?.origin !== origin || !isSecure(url)) {
    throw new Misconfiguration(
      `\`webauthn.${option}\` must be origins with https, without a path, as browsers send them; http only for localhost, ${EXAMPLE}.`,
    );
  }
  if (rpId === undefined || url.hostname === rpId || url.hostname.endsWith(`.${rpId}`)) return;
  throw new Misconfiguration(
    `\`webauthn.origins\` has ${origin}, which is not in the domain of \`webauthn.rpId\`, '${rpId}', ${EXAMPLE}.`,
  );
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && /^(.*\.)?localhost$/.test(hostname));
}
