import { isInstalled } from '../../core/is-installed.js';
import { Misconfiguration } from '../../core/misconfiguration.js';

/** The library that verifies what authenticators sign. */
export interface WebAuthnLibrary {
  server: typeof import('@simplewebauthn/server');
  helpers: typeof import('@simplewebauthn/server/helpers');
}

/**
 * Loads the library when an application with `WebAuthnChallenge` starts.
 * @throws {Misconfiguration} if it is not installed
 */
export async function loadWebAuthn(): Promise<WebAuthnLibrary> {
  if (!isInstalled('@simplewebauthn/server')) {
    throw new Misconfiguration(
      '`WebAuthnChallenge` needs @simplewebauthn/server, e.g. npm install @simplewebauthn/server.',
    );
  }
  const [server, helpers] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  return { server, helpers };
}
