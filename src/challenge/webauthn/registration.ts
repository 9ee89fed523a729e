import type { VerifiedRegistrationResponse } from '@simplewebauthn/server';
import { isExpected } from './client-data.js';
import type { Passkey } from './passkey.js';
import type { PasskeyProof } from './passkey-proof.js';
import type { RelyingParty } from './relying-party.js';
import type { WebAuthnLibrary } from './webauthn-library.js';
import type { UserVerification } from './webauthn-options.js';

type Helpers = WebAuthnLibrary['helpers'];

/** The values that a ceremony began with. The answer is checked against exactly these. */
export interface Expected {
  challenge: string;
  userVerification: UserVerification;
}

interface Registrar {
  party: RelyingParty;
  algorithms: number[];
  library: WebAuthnLibrary;
}

/** Reads the passkey of a registration, or returns undefined if it is not one for this ceremony. */
export async function readRegistration(
  proof: PasskeyProof,
  expected: Expected,
  registrar: Registrar,
): Promise<Passkey | undefined> {
  const { challenge } = expected;
  if (!isExpected(proof.clientDataJSON, { type: 'webauthn.create', challenge, party: registrar.party }))
    return undefined;
  const registered = await verified(proof, expected, registrar);
  // The library returns the id that the authenticator has signed, and does not compare it with the browser's.
  if (registered?.credential.id !== proof.id) return undefined;
  const { credential, credentialDeviceType, credentialBackedUp: backedUp } = registered;
  const { id, counter } = credential;
  const publicKey = Buffer.from(credential.publicKey).toString('base64url');
  const kept = { transports: proof.transports ?? [], backupEligible: credentialDeviceType === 'multiDevice', backedUp };
  return { id, publicKey, counter, ...kept, lastChallenge: challenge };
}

async function verified(
  { id, clientDataJSON, attestationObject }: PasskeyProof,
  { challenge, userVerification }: Expected,
  { party, algorithms, library }: Registrar,
): Promise<VerifiedRegistrationResponse['registrationInfo']> {
  if (attestationObject === undefined) return undefined;
  try {
    const response = { clientDataJSON, attestationObject: unattested(attestationObject, library.helpers) };
    const { registrationInfo } = await library.server.verifyRegistrationResponse({
      response: { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: party.origins,
      expectedRPID: party.id,
      requireUserVerification: userVerification === 'required',
      supportedAlgorithmIDs: algorithms,
    });
    return registrationInfo;
  } catch {
    // The library throws if a check fails.
    return undefined;
  }
}

// Removes the attestation statement. None was asked for and none is trusted, so no certificates are parsed.
function unattested(attestationObject: string, { isoBase64URL, isoCBOR, decodeAttestationObject }: Helpers): string {
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
  const bare = new Map<string, string | Uint8Array | Map<string, never>>();
  bare.set('fmt', 'none').set('attStmt', new Map<string, never>()).set('authData', authData);
  return isoBase64URL.fromBuffer(isoCBOR.encode(bare));
}
