/** How a passkey behaves, unless a call says otherwise. */
export class PasskeyTraits {
  /** The origin of the page, e.g. `https://bank.example`. */
  origin!: string;
  /** The user has touched the device. */
  userPresent = true;
  /** The device has checked the user's fingerprint, face or PIN. */
  userVerified = true;
  /** It can be copied to the user's other devices. */
  backupEligible = false;
  /** It has been copied. */
  backedUp = false;
  /** It counts its signatures. Most passkeys that can be copied do not, and always send 0. */
  counts = true;
  /** The number of its algorithm, even if not offered. Default: the first one offered of -8, -7, -35 and -257. */
  algorithm?: number;
  /** Its id in base64url. Default: 32 random bytes. */
  credentialId?: string;
  /** Extra bytes in its public key. */
  keyPadding = 0;
}

/** What differs in one response: a trait, or a part of the response that a server must refuse. */
export interface PasskeyChanges extends Partial<PasskeyTraits> {
  /** Members of the client data that replace the right ones, e.g. `{ type: 'webauthn.get' }` or `{ crossOrigin: true }`. */
  clientData?: Record<string, unknown>;
  /** The RP ID that the authenticator hashes. */
  rpId?: string;
  /** The counter in the response. The passkey's own count does not change. */
  signCount?: number;
  /** The user handle of a sign-in in base64url; null for none. */
  userHandle?: string | null;
  /** Replaces the signature of a sign-in. */
  signature?: (right: Buffer) => Uint8Array;
  /** Replaces the attestation object of a registration. */
  attestationObject?: (right: Buffer) => Uint8Array;
}
