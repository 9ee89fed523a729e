import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { hasPasskey, type Passkey, type WebAuthnState } from './passkey.js';
import type { Expected } from './registration.js';
import type { RelyingParty } from './relying-party.js';
import type { WebAuthnLibrary } from './webauthn-library.js';

/** Milliseconds that a browser waits for its user. */
const TIMEOUT = 300_000;

/** A passkey that is to be made, and those that its user has. */
export interface AskedPasskey extends Expected {
  userHandle: string;
  userName: string;
  others: readonly WebAuthnState[];
}

/** Returns the options for `navigator.credentials.create`. */
export function creationOptions(
  { challenge, userVerification, userHandle, userName, others }: AskedPasskey,
  { party, algorithms, library }: { party: RelyingParty; algorithms: number[]; library: WebAuthnLibrary },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return library.server.generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userID: bytesOf(userHandle),
    userName,
    userDisplayName: userName,
    challenge: bytesOf(challenge),
    timeout: TIMEOUT,
    attestationType: 'none',
    excludeCredentials: descriptorsOf(others),
    authenticatorSelection: { residentKey: 'preferred', userVerification },
    supportedAlgorithmIDs: algorithms,
  });
}

/** Returns the options for `navigator.credentials.get`. Without states, any passkey of the service may answer. */
export function requestOptions(
  states: readonly WebAuthnState[],
  { challenge, userVerification }: Expected,
  { party, library }: { party: RelyingParty; library: WebAuthnLibrary },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return library.server.generateAuthenticationOptions({
    rpID: party.id,
    allowCredentials: descriptorsOf(states),
    challenge: bytesOf(challenge),
    timeout: TIMEOUT,
    userVerification,
  });
}

function descriptorsOf(states: readonly WebAuthnState[]): Pick<Passkey, 'id' | 'transports'>[] {
  return states.filter(hasPasskey).map(({ passkey: { id, transports } }) => ({ id, transports }));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
